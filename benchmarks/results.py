"""The measured figures as benchmarks/RESULTS.md: each goal with what was measured, then the details."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from benchmarks.measure import MB

Results = dict[str, Any]
STEPS_GOAL = 2000


def write(results: Results, quick: bool) -> str:
    """The whole page."""
    parts = [
        head(results, quick),
        goals(results),
        steps(results),
        peers(results),
        scale(results),
        questions(results),
        views(results),
    ]
    return "\n".join(p for p in parts if p)


def head(results: Results, quick: bool) -> str:
    """What was measured on what."""
    rows = "".join(f"| {k} | {v} |\n" for k, v in results["machine"].items())
    sizes = " Smaller sizes (`--quick`): growth and totals are not the goals' own." if quick else ""
    return (
        "# Measured\n\nWritten by `make bench` (`python -m benchmarks`); do not edit."
        + sizes
        + " Each row ran in a process of its own."
        " Medians; least and greatest in brackets. Where the load before the run is above zero, other work shared the machine:"
        " wall times are then too long, processor times (CPU) less so. Texts and tables are composed by the benchmark"
        f" (benchmarks/texts.py, tables.py).\n\nMeasured on {results['measured']}:\n\n| | |\n|---|---|\n{rows}"
    )


def goals(results: Results) -> str:
    """Each goal and whether it is met; a row that was not measured says so."""
    lines = ["\n## Goals\n", "| goal | wanted | measured | met |", "|---|---|---|---|"]
    for title, wanted, row, value, met in GOALS:
        found = results.get(row)
        if not found or "failed" in found or "skipped" in found:
            reason = (found or {}).get("skipped") or ((found or {}).get("failed") or "not measured").splitlines()[-1][
                :120
            ]
            lines.append(f"| {title} | {wanted} | – ({reason}) | – |")
            continue
        lines.append(f"| {title} | {wanted} | {value(found)} | {'yes' if met(found) else 'no'} |")
    return "\n".join(lines) + "\n"


def all_steps(row: Results) -> Results:
    """Seconds of processor time an article takes from page to Arrow."""
    return dict(row["steps"]["all steps, to Arrow"]["cpu"])


def jionlp(row: Results) -> float:
    """jionlp's articles a second, places and times."""
    return float(row["peers"].get("jionlp places and times", {}).get("rate", 0.0))


def cpu(run: Results) -> str:
    """Processor seconds of a run, where they were measured."""
    return f" ({run['cpu']:,.1f} s of CPU)" if "cpu" in run else ""


def span(values: Results, factor: float = 1.0, digits: int = 0) -> str:
    """median (least–greatest)."""
    return f"{values['median'] * factor:,.{digits}f} ({values['min'] * factor:,.{digits}f}–{values['max'] * factor:,.{digits}f})"


Goal = tuple[str, str, str, Callable[[Results], str], Callable[[Results], bool]]
GOALS: list[Goal] = [
    ("extraction, all steps, one core", "≥ 2,000 articles/s", "one-core",
     lambda r: f"{1 / all_steps(r)['median']:,.0f} articles/s ({span(all_steps(r), 1e6)} µs of CPU each)", lambda r: 1 / all_steps(r)["median"] >= STEPS_GOAL),
    ("places and times, against jionlp", "≥ 20 ×", "one-core",
     lambda r: f"{r['places and times rate']:,.0f} against {jionlp(r):,.0f} articles/s: {r['places and times rate'] / jionlp(r):,.0f} ×" if jionlp(r) else "peer not there",
     lambda r: bool(jionlp(r)) and r["places and times rate"] >= 20 * jionlp(r)),
    ("two cores against one", "≥ 1.8 ×", "cores", lambda r: f"{r['ratio']:.2f} × (wall, start of the workers included)", lambda r: r["ratio"] >= 1.8),
    ("memory of a worker", "≤ 300 MB", "worker", lambda r: f"{span(r['peak MB'])} MB", lambda r: r["peak MB"]["max"] <= 300),
    ("a worker is ready", "≤ 0.5 s", "worker", lambda r: f"{span(r['ready'], 1, 2)} s", lambda r: r["ready"]["median"] <= 0.5),
    ("junk of 20,000 characters", "≤ 100 ms", "junk",
     lambda r: f"worst {max(r['worst'].values()) * 1e3:,.0f} ms of CPU of {r['texts']} ({next(iter(r['worst']))}); {r['over 0.1 s']} over 100 ms", lambda r: r["over 0.1 s"] == 0),
    ("a city's ten years, 2 cores", "≤ 90 s for 110,000", "city",
     lambda r: f"{r['first']['seconds']:,.0f} s{cpu(r['first'])} for {r['articles']:,}; peak {r['first']['private MB']:,.0f} MB over all processes", lambda r: r["first"]["seconds"] / r["articles"] * 110_000 <= 90),
    ("a week's 300 articles on top", "≤ 15 s", "city", lambda r: f"{r['week']['seconds']:.1f} s{cpu(r['week'])}", lambda r: r["week"]["seconds"] <= 15),
    ("growth of cost", "≤ 1.1 ×", "growth",
     lambda r: f"{r['ratio']:.2f} × a second an article, {r['large']:,} against {r['small']:,} articles", lambda r: r["ratio"] <= 1.1),
    ("questions at 10 M events, one city", "p95 ≤ 100 ms each", "ten-million", lambda r: worst(r, "city"), lambda r: slowest(r, "city") <= 0.1),
    ("questions at 10 M events, one district", "p95 ≤ 100 ms each", "ten-million", lambda r: worst(r, "district"), lambda r: slowest(r, "district") <= 0.1),
    ("questions at 10 M events, nation", "p95 ≤ 150 ms each", "ten-million", lambda r: worst(r, "nation"), lambda r: slowest(r, "nation") <= 0.15),
    ("server memory at 10 M events", "≤ 500 MB", "ten-million",
     lambda r: f"{r['memory MB']:,.0f} MB while answering ({r['open peak MB']:,.0f} MB while opening, {r['open seconds']:.0f} s)", lambda r: r["memory MB"] <= 500),
    ("weekly refresh at 10 M events", "≤ 30 s", "refresh", lambda r: f"{r['seconds']:.1f} s ({r.get('cpu', 0):.1f} s of CPU; {r['files']:,} files, {r['new']} new articles)", lambda r: r["seconds"] <= 30),
    ("its memory", "≤ 1 GB", "refresh", lambda r: f"{r['private MB']:,.0f} MB (without mapped files; {r['peak MB']:,.0f} MB with)", lambda r: r["private MB"] <= 1024),
    ("a view's server time at 1 M events", "p95 ≤ 200 ms", "views", lambda r: f"p95 {r['p95'] * 1e3:,.0f} ms, median {r['median'] * 1e3:,.0f} ms", lambda r: r["p95"] <= 0.2),
    ("20 users click at once", "p95 ≤ 2 s", "views", lambda r: f"p95 {r['twenty at once']['p95']:.1f} s", lambda r: r["twenty at once"]["p95"] <= 2),
    ("first page behind the gzip proxy", "≤ 1.6 MB", "first-page", lambda r: f"{span(r['MB'], 1, 2)} MB (of 2²⁰ bytes; {r['MB']['median'] * MB / 1e6:.2f} million bytes)", lambda r: r["MB"]["median"] <= 1.6),
    ("its first chart", "≤ 2.5 s", "first-page", lambda r: f"{span(r['first chart seconds'], 1, 2)} s", lambda r: r["first chart seconds"]["median"] <= 2.5),
    ("its last chart", "≤ 2.5 s", "first-page", lambda r: f"{span(r['all charts seconds'], 1, 2)} s", lambda r: r["all charts seconds"]["median"] <= 2.5),
]  # fmt: skip


def slowest(row: Results, scope: str) -> float:
    """The greatest p95 of a scope's questions."""
    return max(v["p95"] for v in row["questions"][scope].values())


def worst(row: Results, scope: str) -> str:
    """The slowest question and how many are within."""
    found = row["questions"][scope]
    name = max(found, key=lambda n: found[n]["p95"])
    limit = 0.15 if scope == "nation" else 0.1
    return f"{sum(v['p95'] <= limit for v in found.values())} of {len(found)} within; slowest: {name}, {found[name]['p95'] * 1e3:,.0f} ms"


def steps(results: Results) -> str:
    """Where an article's time goes."""
    row = results.get("one-core", {})
    if "steps" not in row:
        return ""
    right = ", ".join(f"{k} {v:.1%}" for k, v in row["right"].items())
    lines = [
        f"\n## Steps, one core\n\n{row['articles']:,} composed articles of {row['characters']:,.0f} characters; nine passes, in tasks of 256 pages as workers get them. Right against what"
        f" was composed: {right}.\n", "| step | µs of CPU an article | µs of wall |", "|---|---|---|",
    ]  # fmt: skip
    lines += [f"| {name} | {span(v['cpu'], 1e6)} | {span(v['wall'], 1e6)} |" for name, v in row["steps"].items()]
    return "\n".join(lines) + "\n" + interpreters(results)


def interpreters(results: Results) -> str:
    """The same by the system's own Python."""
    row = results.get("interpreters", {})
    if "system" not in row:
        return f"\nBy another Python: {row['skipped']}.\n" if "skipped" in row else ""
    return (
        f"\nWhat Python was compiled with counts. All steps in turns, with the same packages: {span(row['this'], 1e6)} µs of CPU by this Python"
        f" ({results['machine']['python']}), {span(row['system'], 1e6)} by {row['path']} ({row['version']}), with which docs/operations.md installs the program:"
        f" {1 / row['system']['median']:,.0f} articles/s, {row['this']['median'] / row['system']['median']:.2f} × as many.\n"
    )


def peers(results: Results) -> str:
    """Peers on the same texts in the same run."""
    row = results.get("one-core", {})
    if "peers" not in row:
        return ""
    if "skipped" in row["peers"]:
        return f"\n## Peers\n\nSkipped: {row['peers']['skipped']}\n"
    ours = row["places and times rate"]
    lines = [
        "\n## Peers on the same texts, one core (CPU)\n",
        "| | articles/s | our places and times are |",
        "|---|---|---|",
        f"| ours: places and times | {ours:,.0f} | 1 |",
    ]
    for name, found in row["peers"].items():
        lines.append(
            f"| {name} | {found['error']} | |"
            if "error" in found
            else f"| {name} | {found['rate']:,.0f} | {ours / found['rate']:,.1f} × |"
        )
    return "\n".join(lines) + "\n"


def scale(results: Results) -> str:
    """Runs of many articles."""
    lines = ["\n## Runs\n", "| run | seconds | articles/s | peak MB, all processes |", "|---|---|---|---|"]
    city, growth = results.get("city", {}), results.get("growth", {})
    if "first" in city:
        lines.append(
            f"| {city['articles']:,} from nothing | {city['first']['seconds']:.1f} | {city['articles'] / city['first']['seconds']:,.0f} | {city['first']['private MB']:,.0f} |"
        )
        lines.append(f"| {city['new']} on top | {city['week']['seconds']:.1f} | | {city['week']['private MB']:,.0f} |")
    for size, run in growth.get("runs", {}).items():
        lines.append(
            f"| {int(size):,} from nothing | {run['seconds']:.1f} | {int(size) / run['seconds']:,.0f} | {run['private MB']:,.0f} |"
        )
    return "\n".join(lines) + "\n" if len(lines) > 3 else ""


def questions(results: Results) -> str:
    """The dashboard's questions, with pandas beside them."""
    lines = []
    for name in ("ten-million", "million"):
        row = results.get(name, {})
        if "questions" not in row:
            continue
        lines += [
            f"\n## Questions at {row['events']:,} events (median / p95, ms)\n",
            "| question | city | district | nation |",
            "|---|---|---|---|",
        ]
        for question in row["questions"]["city"]:
            cells = [row["questions"][s].get(question) for s in ("city", "district", "nation")]
            lines.append(
                f"| {question} | "
                + " | ".join(f"{c['median'] * 1e3:.0f} / {c['p95'] * 1e3:.0f}" if c else "" for c in cells)
                + " |"
            )
        whole = f", with all numbers after {row['whole seconds']:.1f} s" if "whole seconds" in row else ""
        lines.append(f"\nOpened in {row['open seconds']:.1f} s{whole}; {row['memory MB']:,.0f} MB while answering.")
    pandas = results.get("pandas", {})
    if "load seconds" in pandas:
        lines.append(
            f"\npandas in place of DuckDB, eight columns only: {pandas['load seconds']:.1f} s to load, {pandas['memory MB']:,.0f} MB;"
            f" a city's crosstab {pandas['city crosstab']['median'] * 1e3:,.0f} ms, the nation's {pandas['national crosstab']['median'] * 1e3:,.0f} ms."
        )
    return "\n".join(lines) + "\n" if lines else ""


def views(results: Results) -> str:
    """Server time of pages."""
    row = results.get("views", {})
    if "pages" not in row:
        return ""
    lines = [
        f"\n## Pages at {row['events']:,} events, new filters at each click (ms)\n",
        "| page | median | p95 |",
        "|---|---|---|",
    ]
    lines += [f"| {name} | {v['median'] * 1e3:,.0f} | {v['p95'] * 1e3:,.0f} |" for name, v in row["pages"].items()]
    lines.append(
        f"\nTwenty users at once: median {row['twenty at once']['median']:.2f} s, p95 {row['twenty at once']['p95']:.2f} s; server {row['memory MB']:,.0f} MB."
    )
    return "\n".join(lines) + "\n"
