"""The run report for people: one self-contained HTML page, Chinese first; all text from outside is escaped."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

OUTCOMES = {
    0: ("已发布新数据", "published", "good"),
    1: ("程序出错，仍用上次数据", "fault of the program", "bad"),
    2: ("没有新内容，数据不变", "nothing new", "calm"),
    3: ("产出异常偏少，未发布，仍用上次数据", "stopped by bounds", "bad"),
    4: ("没有可读的报纸，仍用上次数据", "nothing readable", "bad"),
    5: ("另一次运行正在进行", "locked by another run", "calm"),
    6: ("无法写入数据文件夹，仍用上次数据", "cannot be written", "bad"),
    64: ("参数或规则文件有误，仍用上次数据", "wrong arguments or rules", "bad"),
    130: ("被人中止，仍用上次数据", "stopped by hand", "bad"),
    143: ("被系统中止，仍用上次数据", "stopped by the system", "bad"),
}
ADVICE = {
    3: "请核对下面“偏少的指标”。确认无误后运行 python -m etl run --accept 发布；否则检查收到的报纸。",
    4: "请检查 data/raw/ 是否收到报纸，以及下面列出的原因。",
    6: "请检查磁盘空间与文件夹权限，然后重新运行；旧数据完好。",
    64: "请按提示改正所说文件的那一行，然后重新运行。",
    1: "请把本页与 data/logs/etl.jsonl 发给维护人员；旧数据完好。",
}
COUNTS = {
    "files": "文件",
    "new_files": "其中新文件",
    "pages": "版面",
    "articles": "文章",
    "events": "事件",
    "duplicates": "其中重复报道",
    "metrics": "数字",
}
FIELDS = {
    "district": "有区县",
    "street": "有街道乡镇",
    "campaign_id": "归入专项行动",
    "date": "有日期",
    "newspaper": "知道报纸",
    "articles": "文章",
    "events": "事件",
    "metrics": "数字",
    "newspapers": "报纸",
}
GROUPS = {"total": "全部", "filled": "全部事件中", "week": "最近七天", "week_filled": "最近七天的事件中"}
KINDS = {
    "unreadable-file": "文件无法读取",
    "reader-died": "读取时进程崩溃",
    "reader-crashed": "读取时崩溃",
    "out-of-memory": "内存不足",
    "too-slow": "处理超时",
    "too-large": "文件过大",
    "unsupported-format": "不支持的格式",
    "empty-file": "空文件",
    "ignored-file": "已忽略的文件",
    "binary-junk": "不是文本",
    "damaged-text": "文字损坏",
    "no-text": "没有文字",
    "no-ocr": "没有文字识别",
    "no-article": "没有找到文章",
    "broken-file": "文件损坏",
    "link-out-of-folder": "链接指向文件夹外",
    "double-article": "重复的文章",
    "leftover-text": "未归入文章的文字",
    "continued-elsewhere": "下转他版",
    "date-from-context": "日期取自上下文",
    "date-conflict": "日期矛盾",
    "date-out-of-bounds": "日期越界",
    "value-out-of-bounds": "数值越界",
    "no-place": "没有地点",
    "unknown-street": "地名库中没有的街道",
    "ambiguous-place": "地名有歧义",
    "masked": "已遮盖个人号码",
    "internal-error": "程序内部错误",
    "correction-applied": "更正已采用",
    "correction-stale": "更正已失效",
    "correction-without-code": "更正的地名没有代码",
    "correction-relative-date": "更正出版日后需核对日期",
    "out-of-bounds": "产出过少（停止）",
    "low-yield": "产出偏少（提醒）",
    "clock-set-back": "时钟被拨回",
    "stale-lock": "上次运行被中断",
    "mended": "已修复中断留下的内容",
    "cache-damaged": "缓存损坏，已重新提取",
}
SEVERITIES = {"info": "提示", "warning": "注意", "error": "错误"}
HIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
STYLE = """
body{font:15px/1.7 'PingFang SC','Microsoft YaHei','HarmonyOS Sans SC','Noto Sans CJK SC','WenQuanYi Micro Hei',
sans-serif;color:#1b2430;background:#fff;max-width:1080px;margin:2rem auto;padding:0 1.2rem}
h1{font-size:1.45rem;margin:.2rem 0}h2{font-size:1.08rem;margin:1.8rem 0 .4rem}
.state{border-left:6px solid #14796b;padding:.5rem 1rem;background:#f4f6f9}.state.bad{border-color:#a8325a}
.state.calm{border-color:#b4bdc7}.state small,.note{color:#5b6775}pre{white-space:pre-wrap;margin:.3rem 0;font:inherit}
.counts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}.counts div{border:1px solid #e1e6ed;border-radius:6px;
padding:.4rem .9rem;min-width:6.5rem}.counts b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.counts i{font-style:normal;color:#5b6775;font-size:.84rem}
table{border-collapse:collapse;width:100%;font-size:.92rem}th,td{text-align:left;padding:.28rem .7rem .28rem 0;
border-bottom:1px solid #e1e6ed;vertical-align:top;overflow-wrap:anywhere}th{color:#5b6775;font-weight:500}
td.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
"""
SELF_EVIDENT = {0, 2}  # outcomes whose numbers say it all
PERCENT = re.compile(r"\d{1,3}\.\d%")
SHOWN = 200  # rows of a table


def page(last: Mapping[str, Any]) -> str:
    """The page of one run's outcome: `exit_code`, `message`, `at`, `published`, `report` (see etl.__main__)."""
    code, report = int(last["exit_code"]), last.get("report") or {}
    title, english, look = OUTCOMES.get(code, ("未知结果", f"exit code {code}", "bad"))
    told = "" if code in SELF_EVIDENT else f"<pre>{safe(last['message'])}</pre>"
    body = "".join(
        (
            f'<div class="state {look}"><h1>{title}</h1><small>{english} · 退出码 {code} · {safe(last["at"])}'
            f" · 当前数据版本 {safe(last.get('published') or '无')}</small>",
            f"{told}{ADVICE.get(code, '')}</div>",
            counts(report),
            low(report),
            papers(report),
            table("未采用的文件与内容", ("文件", "位置", "问题", "说明"), quarantine(report)),
            issues(report),
            table("待归类的行动说法", ("说法", "次数", "文章数"), rows(report, "candidates", "phrase count articles")),
            figures(report),
            facts(report),
        )
    )
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>运行报告：{title}</title><style>{STYLE}</style></head><body>{body}</body></html>\n"
    )


def safe(value: object) -> str:
    """Text for HTML: escaped, and characters that cannot be seen or turn the reading direction shown by their code."""
    return html.escape(HIDDEN.sub(lambda m: f"⟨U+{ord(m[0]):04X}⟩", "" if value is None else str(value)))


def rows(report: Mapping[str, Any], name: str, fields: str) -> list[list[object]]:
    """Fields of a list of records in the report."""
    return [[r.get(f) for f in fields.split()] for r in report.get(name) or [] if isinstance(r, dict)]


def table(title: str, head: Sequence[str], body: Sequence[Sequence[object]], note: str = "") -> str:
    """A titled table; nothing where it has no row."""
    if not body:
        return ""
    lines = "".join(f"<tr>{''.join(map(cell, row))}</tr>" for row in body[:SHOWN])
    more = f'<p class="note">另有 {len(body) - SHOWN} 行，见 run.json</p>' if len(body) > SHOWN else ""
    top = "".join(f"<th>{h}</th>" for h in head)
    return f"<h2>{title}</h2>{f'<p class=note>{note}</p>' if note else ''}<table><tr>{top}</tr>{lines}</table>{more}"


def cell(value: object) -> str:
    """A table's cell; numbers to the right."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f'<td class="n">{value:,}</td>'
    if isinstance(value, str) and PERCENT.fullmatch(value):
        return f'<td class="n">{value}</td>'
    return f"<td>{safe(value)}</td>"


def counts(report: Mapping[str, Any]) -> str:
    """The main numbers."""
    found = report.get("counts") or {}
    boxes = "".join(
        f"<div><i>{name}</i><b>{int(found[key]):,}</b></div>" for key, name in COUNTS.items() if key in found
    )
    return f'<div class="counts">{boxes}</div>' if boxes else ""


def low(report: Mapping[str, Any]) -> str:
    """Figures below their bounds."""
    found = [r for r in report.get("issue_samples") or [] if r.get("kind") in {"out-of-bounds", "low-yield"}]
    lines = [
        ["停止" if r["kind"] == "out-of-bounds" else "提醒", named(str(r.get("where"))), r["message"]] for r in found
    ]
    return table("偏少的指标", ("程度", "指标", "说明"), lines)


def named(figure: str) -> str:
    """week_filled.district → 最近七天的事件中 · 有区县."""
    group, _, name = figure.partition(".")
    return " · ".join(p for p in (GROUPS.get(group, group), FIELDS.get(name, name)) if p)


def figures(report: Mapping[str, Any]) -> str:
    """What the bounds compare from run to run."""
    found = report.get("figures") or {}
    lines = [
        [GROUPS.get(group, group), FIELDS.get(name, name), f"{value:.1%}" if "filled" in group else int(value)]
        for group, entries in found.items()
        for name, value in entries.items()
    ]
    return table("指标", ("范围", "指标", "数值"), lines)


def kind_name(kind: object) -> str:
    """文件无法读取 unreadable-file."""
    name = KINDS.get(str(kind))
    return f"{name} {kind}" if name else str(kind)


def quarantine(report: Mapping[str, Any]) -> list[list[object]]:
    """What was not taken: file, place in it, kind, why."""
    found = rows(report, "quarantine", "source_path where kind message")
    return [[path, where, kind_name(kind), message] for path, where, kind, message in found]


def issues(report: Mapping[str, Any]) -> str:
    """Issues by kind, then samples."""
    kinds = report.get("issues") or {}
    total = table("各类问题", ("问题", "次数"), [[kind_name(k), n] for k, n in kinds.items()])
    found = rows(report, "issue_samples", "severity kind message source_path where sample")
    body = [[SEVERITIES.get(str(severity), severity), kind_name(kind), *rest] for severity, kind, *rest in found]
    return total + table("问题样例", ("程度", "问题", "说明", "文件", "位置", "原文"), body)


def papers(report: Mapping[str, Any]) -> str:
    """Which papers arrived in the last weeks of the data."""
    found = [p for p in report.get("papers") or [] if p.get("published_on") and p.get("newspaper")]
    days = sorted({str(p["published_on"]) for p in found})[-28:]
    lines = []
    for paper in sorted({str(p["newspaper"]) for p in found}):
        own = [p for p in found if p["newspaper"] == paper]
        recent = [p for p in own if p["published_on"] in days]
        lines.append([paper, max(str(p["published_on"]) for p in own), len(recent), sum(p["articles"] for p in recent)])
    note = f"最近 {len(days)} 个有报纸的日子" if days else ""
    return table("报纸到达情况", ("报纸", "最近一期", "期数", "文章"), lines, note)


def facts(report: Mapping[str, Any]) -> str:
    """Times, versions, digests of rule files."""
    software = report.get("software") or {}
    lines: list[Sequence[object]] = [
        ["开始", report.get("started")],
        ["完成", report.get("finished")],
        ["用时（秒）", str(report.get("seconds", ""))],
        *([name, version] for name, version in software.items()),
    ]
    rules = "".join(
        f"<li>{safe(name)} {safe(str(digest)[:16])}</li>" for name, digest in (report.get("rules") or {}).items()
    )
    files = f"<details><summary>规则文件</summary><ul>{rules}</ul></details>" if rules else ""
    return table("运行信息", ("项目", "值"), lines) + files if report else ""


def outcome(
    code: int, message: str, at: dt.datetime, published: object, report: Mapping[str, Any] | None
) -> dict[str, Any]:
    """The content of data/logs/last.json: how the last run ended, whatever the end."""
    word = OUTCOMES.get(code, ("", f"exit code {code}", ""))[1]
    return {
        "exit_code": code,
        "outcome": word,
        "message": message,
        "at": at.isoformat(timespec="seconds"),
        "published": published,
        "report": report,
    }
