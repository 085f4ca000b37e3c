"""The briefing as one HTML page: no script, charts as SVG, laid out for A4 when printed."""

from __future__ import annotations

from base64 import b64encode

from dashboard.brief import Bars, Brief, Section
from dashboard.wording import amount, markup

STYLE = """
body{font-family:'FangSong','仿宋','FangSong_GB2312','STFangsong','Noto Serif CJK SC','SimSun',serif;font-size:16pt;line-height:1.75;color:#000;
max-width:170mm;margin:24px auto;padding:0 12px}
h1{font-family:'FZXiaoBiaoSong-B05S','方正小标宋简体','STZhongsong','Noto Serif CJK SC','SimSun',serif;font-size:24pt;text-align:center;color:#C00000;margin:.2em 0}
.meta{display:flex;justify-content:space-between;border-bottom:2px solid #C00000;padding-bottom:4px;margin-bottom:1em}
h2{font-family:'SimHei','黑体','Noto Sans CJK SC',sans-serif;font-size:16pt;font-weight:600;margin:.8em 0 .2em;text-indent:2em}
p{text-indent:2em;margin:.2em 0;text-align:justify}
table{border-collapse:collapse;margin:.6em auto;font-size:13pt;min-width:60%}th,td{border:1px solid #000;padding:2px 12px;text-align:center}
figure{margin:.6em 0;text-align:center}svg{max-width:100%;height:auto}.notes{border-top:1px solid #000;margin-top:1.2em;font-size:12pt}
@media print{@page{size:A4;margin:37mm 26mm 35mm 28mm}body{margin:0;max-width:none;padding:0}h2{break-after:avoid}figure,table{break-inside:avoid}}
"""


def html(brief: Brief) -> bytes:
    """The page; all text is escaped."""
    body = "".join(section_html(s) for s in brief.sections)
    notes = "".join(f"<p>{markup(n)}</p>" for n in brief.notes)
    page = (
        f'<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>{markup(brief.title)}</title><style>{STYLE}</style></head><body>'
        f'<h1>{markup(brief.title)}</h1><div class="meta"><span>{markup(brief.number)}</span><span>{markup(brief.issued)}</span></div>'
        f'{body}<div class="notes">{notes}</div></body></html>'
    )
    return page.encode()


def section_html(section: Section, *, as_image: bool = False) -> str:
    """A numbered part; `as_image` puts the chart into an img, for places that strip SVG."""
    parts = [f"<h2>{markup(section.heading)}</h2>"]
    parts += [f"<p>{markup(p)}</p>" for p in section.paragraphs]
    if section.chart is not None and any(section.chart.values):
        drawing = svg(section.chart)
        if as_image:
            drawing = f'<img alt="{markup(section.chart.title)}" src="data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}">'
        parts.append(f"<figure>{drawing}</figure>")
    if section.table:
        head, *rows = section.table
        cells = "".join(f"<th>{markup(c)}</th>" for c in head)
        body = "".join("<tr>" + "".join(f"<td>{markup(c)}</td>" for c in row) + "</tr>" for row in rows)
        parts.append(f"<table><thead><tr>{cells}</tr></thead><tbody>{body}</tbody></table>")
    return "".join(parts)


def svg(chart: Bars) -> str:
    """The bars as SVG, 620 wide."""
    font = "font-family=\"'Microsoft YaHei','PingFang SC','Noto Sans CJK SC',sans-serif\""
    top = max(chart.values) or 1.0
    title = f'<text x="4" y="18" font-size="14" font-weight="600">{markup(chart.title)}（{markup(chart.unit)}）</text>'
    if chart.horizontal:
        height = 34 + 24 * len(chart.values)
        bars = "".join(
            f'<text x="176" y="{46 + 24 * i}" font-size="12" text-anchor="end">{markup(label)}</text>'
            f'<rect x="184" y="{34 + 24 * i}" width="{380 * value / top:.1f}" height="15" fill="#1F5FA8"/>'
            f'<text x="{190 + 380 * value / top:.1f}" y="{46 + 24 * i}" font-size="12">{amount(value)}</text>'
            for i, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True))
        )
    else:
        height, step = 220, 600 / max(1, len(chart.values))
        bars = "".join(
            f'<rect x="{10 + step * i + step * 0.18:.1f}" y="{190 - 140 * value / top:.1f}" width="{step * 0.64:.1f}" height="{140 * value / top:.1f}"'
            f' fill="#1F5FA8" opacity="{0.45 if i == chart.pale else 1}"/>'
            f'<text x="{10 + step * (i + 0.5):.1f}" y="{184 - 140 * value / top:.1f}" font-size="11" text-anchor="middle">{chart.shown(i)}</text>'
            f'<text x="{10 + step * (i + 0.5):.1f}" y="207" font-size="11" text-anchor="middle" fill="#5F6C7B">{markup(label)}</text>'
            for i, (label, value) in enumerate(zip(chart.labels, chart.values, strict=True))
        )
    label = f"{chart.title}：" + "，".join(f"{n} {chart.shown(i)}" for i, n in enumerate(chart.labels))
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="620" height="{height}" viewBox="0 0 620 {height}" {font} role="img" aria-label="{markup(label)}">{title}{bars}</svg>'
