"""`python -m etl score`: runs the pipeline over every labelled corpus that is here and holds it to its floors."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from etl import pipeline
from etl.rules import DEFAULT_ROOT
from etl.score import F1, Figures, Floor, below_floor, corpus_digest, load_floors, load_gold, score_tables

ROOT = DEFAULT_ROOT.parents[1]
FLOORS = ROOT / "tests" / "floors.yml"
SHOWN: tuple[str, ...] = ("articles found", "articles clean", "headline", "events F1", "campaign F1", "place F1")
SHOWN += ("dates", "metrics F1", "what", "qualifier", "scope")
MARK = "<!-- table -->"
MORE = (  # labels of our own: the first eighty were scored while rules were still written, the last came after
    ("more", "80 more real articles", "unseen-[ab].json"),
    ("last", "79 labelled last", "unseen-[cd].json"),
)


@dataclass(frozen=True)
class Corpus:
    """Raw files with their hand labels."""

    name: str
    title: str
    raw: Path
    gold: tuple[Path, ...]


def corpora(shared: Path) -> Iterator[Corpus]:
    """The labelled corpora: the real ones where they are, the project's own sample everywhere."""
    pages = tuple(p for p in sorted((shared / "gold").glob("*.json")) if p.name != "articles-dev.json")
    if pages:
        yield Corpus("pages", f"{len(pages)} real pages", shared / "pages", pages)
        yield Corpus("articles", "24 real articles", shared / "articles", (shared / "gold" / "articles-dev.json",))
        for name, title, files in MORE:
            gold = tuple(sorted((ROOT / "tests" / "gold").glob(files)))
            yield Corpus(name, title, shared / "articles", gold)
    yield Corpus("sample", "own sample", ROOT / "data" / "raw" / "sample", (ROOT / "tests" / "gold" / "sample.json",))


def accuracy(shared: Path, now: dt.datetime, verbose: bool, write: Path | None, pin: bool, why: str | None) -> int:
    """Print every corpus's figures; returns 1 where one is below its floor (or would be lowered without a reason)."""
    floors, results, wrong = load_floors(FLOORS), {}, list[str]()
    for corpus in corpora(shared):
        figures = measure_corpus(corpus, now)
        results[corpus] = figures.shares()
        show(corpus, figures, verbose)
        wrong += check_floor(corpus, results[corpus], floors.get(corpus.name))
    if wrong:
        print("\n".join(["below the floor:", *wrong]))
    if pin and (not wrong or why):
        pin_floors(floors, results, why)
    if write:
        write_table(write, results)
    return 1 if wrong and not why else 0


def measure_corpus(corpus: Corpus, now: dt.datetime) -> Figures:
    """Run the pipeline over a corpus into a folder of its own and score what it left."""
    gold = [article for path in corpus.gold for article in load_gold(path, corpus.raw)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        pipeline.run(pipeline.Options(corpus.raw, out, now))
        return score_tables(gold, out)


def show(corpus: Corpus, figures: Figures, verbose: bool) -> None:
    """Figures, and each miss if asked."""
    print(f"\n{corpus.title} ({corpus.raw})")
    for name, share in figures.shares().items():
        counts = f"{figures.hits[name]:>5}/{figures.totals[name]:<5}" if name in figures.totals else " " * 11
        print(f"  {name:<18} {counts} {share:.3f}")
    for gold_id, kind, detail in figures.misses if verbose else ():
        print(f"  {gold_id:>10}  {kind:<14} {detail}")


def check_floor(corpus: Corpus, shares: dict[str, float], floor: Floor | None) -> list[str]:
    """What is wrong with a corpus: figures below the floor, or a floor for other labels."""
    if floor is None:
        return []
    if floor.digest != corpus_digest(corpus.gold):
        return [f"{corpus.name}: the labels changed; pin the floors anew with --lower-floors 'labels changed: …'"]
    return [f"{corpus.name} {line}" for line in below_floor(shares, floor)]


def pin_floors(floors: dict[str, Floor], results: dict[Corpus, dict[str, float]], why: str | None) -> None:
    """Write today's figures as floors; a lowering is written down with its reason."""
    old = yaml.safe_load(FLOORS.read_text(encoding="utf-8")) if FLOORS.exists() else {}
    entries = {name: {"digest": f.digest, "figures": f.figures} for name, f in floors.items()}
    for corpus, shares in results.items():
        kept = {n: s for n, s in shares.items() if n in SHOWN or n.split()[0] in F1}
        entries[corpus.name] = {"digest": corpus_digest(corpus.gold), "figures": kept}
    lowered = list(old.get("lowered") or [])
    if why:
        lowered.append(why)
    text = "# Floors under the accuracy figures; python -m etl score --raise-floors, or --lower-floors WHY.\n"
    data = {"corpora": entries, "lowered": lowered}
    FLOORS.write_text(text + yaml.safe_dump(data, allow_unicode=True, sort_keys=True), encoding="utf-8")


def write_table(path: Path, results: dict[Corpus, dict[str, float]]) -> None:
    """Put today's table between the two marks of a Markdown page."""
    head = "| | " + " | ".join(c.title for c in results) + " |\n|---|" + "---|" * len(results)
    rows = [f"| {n} | " + " | ".join(f"{s[n]:.3f}" if n in s else "–" for s in results.values()) + " |" for n in SHOWN]
    before, _, after = path.read_text(encoding="utf-8").split(MARK)
    path.write_text(MARK.join([before, "\n" + "\n".join([head, *rows]) + "\n", after]), encoding="utf-8")
