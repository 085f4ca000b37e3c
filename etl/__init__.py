"""Reads campaign news of China's local newspapers into a table of events with evidence."""

__version__ = "0.1.0"
