"""Numbers, days and text as readers see them."""

from __future__ import annotations

import datetime as dt
import html
import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~$:<>&^=])")


def amount(value: float | None, lang: str = "zh") -> str:
    """1234 → 1,234; 12345 → 1.2万; 3.2e8 → 3.2亿 (English: 12.3k, 320M). Whole numbers carry no decimals below 1万."""
    if value is None or value != value:
        return "—"
    steps = ((1e8, "亿"), (1e4, "万")) if lang == "zh" else ((1e9, "B"), (1e6, "M"), (1e4, "k"))
    for size, name in steps:
        if abs(value) >= size:
            scaled = value / (1e3 if name == "k" else size)
            return f"{scaled:,.1f}".removesuffix(".0") + name
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}".rstrip("0").rstrip(".")


def exact(value: float | None) -> str:
    """All digits: 12345 → 12,345; 0.5 → 0.5."""
    if value is None or value != value:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4f}".rstrip("0").rstrip(".")


def percent(ratio: float) -> str:
    """0.123 → +12%; −0.4 → −40%, with a true minus sign."""
    text = f"{abs(ratio) * 100:.0f}%"
    return ("+" if ratio >= 0 else "−") + text


def day(value: dt.date | None, lang: str = "zh") -> str:
    """2023年3月21日, or 21 Mar 2023."""
    if value is None or value != value:
        return "—"
    return f"{value.year}年{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {value:%b} {value.year}"


def days(first: dt.date | None, last: dt.date | None, lang: str = "zh") -> str:
    """2023年1月2日—3月21日, 2 Jan 2023—21 Mar 2023; in Chinese the year is said again only where it changes."""
    short = lang == "zh" and first is not None and last is not None and first.year == last.year
    return f"{day(first, lang)}—{short_day(last, lang) if short and last else day(last, lang)}"


def short_day(value: dt.date, lang: str = "zh") -> str:
    """3月21日, or 21 Mar."""
    return f"{value.month}月{value.day}日" if lang == "zh" else f"{value.day} {value:%b}"


def clock(text: object) -> str | None:
    """2026-11-23T01:47:35+00:00 → 2026-11-23 09:47 in China's time; what is no time stays as it is."""
    if not isinstance(text, str) or not text:
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return text
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.timezone(dt.timedelta(hours=8)))
    return f"{moment:%Y-%m-%d %H:%M}"


def markdown(text: str) -> str:
    """Text that Streamlit's Markdown shows as typed: directives, links, formulas and HTML are escaped."""
    return _MARKDOWN.sub(r"\\\1", text.replace("\n", " "))


def markup(text: str) -> str:
    """Text that HTML shows as typed."""
    return html.escape(text, quote=True)


def plotly(text: str) -> str:
    """Text that Plotly shows as typed: it reads a subset of HTML, and TeX between dollar signs where MathJax is loaded."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("$", "&#36;")
