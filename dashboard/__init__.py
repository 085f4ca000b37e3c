"""The dashboard: what the events table says, for officials and analysts, in the browser."""
