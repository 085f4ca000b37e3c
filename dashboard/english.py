"""English words of the interface (i18n.py), by their Chinese ones."""

from __future__ import annotations

ENGLISH: dict[str, str] = {}
CAMPAIGNS: dict[str, str] = {}
INDICATORS: dict[str, str] = {}
