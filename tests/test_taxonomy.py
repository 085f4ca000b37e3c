"""The campaign files: complete, unambiguous, quick to load; and what a wrong file is told."""

from __future__ import annotations

import csv
import pickle
from pathlib import Path

import pytest

from etl.classify import classify
from etl.models import Article
from etl.rules import DEFAULT_ROOT, Rules
from etl.rules.errors import RulesError
from etl.rules.taxonomy import Taxonomy, load_taxonomy, squeeze
from etl.text import Text

GOOD = """\
group: 生态环境
group_en: Environment
campaigns:
- id: noise-control
  name: 噪声扰民整治
  strong: 噪声扰民:4 静音行动
  weak: 噪声
  not: 噪声系数
- id: river-chief
  name: 河长制
  strong: 巡河 河长制:5
  weak: 河道
"""


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(DEFAULT_ROOT)


def load(folder: Path, *files: str) -> Taxonomy:
    """The taxonomy of files with these texts."""
    (folder / "campaigns").mkdir(exist_ok=True)
    for i, text in enumerate(files):
        (folder / "campaigns" / f"{i}.yml").write_text(text, encoding="utf-8")
    return load_taxonomy(folder)


def test_ids_names_and_groups_are_the_agreed_ones(shared: Path, taxonomy: Taxonomy) -> None:
    with (shared / "reference" / "campaigns.csv").open(encoding="utf-8") as file:
        agreed = [(row["id"], row["name"], row["group"]) for row in csv.DictReader(file)]
    assert [(c.id, c.name, c.group) for c in taxonomy.campaigns][: len(agreed)] == agreed  # local ones come last


def test_every_campaign_is_described_in_full(taxonomy: Taxonomy) -> None:
    assert len(taxonomy.campaigns) >= 65
    for one in taxonomy.campaigns[:65]:
        strengths = {cue.strength for cue in one.cues}
        assert {"strong", "weak"} <= strengths, one.id
        assert one.name_en.isascii(), one.id
        assert one.group_en.isascii(), one.id
        assert len(one.examples) >= 2, one.id
        assert one.counter_examples, one.id


def test_examples_speak_for_their_campaign_and_counter_examples_do_not(rules: Rules) -> None:
    def main(text: str) -> str | None:
        article = Article("a", "a", None, None, None, "unknown", "news", None, None, (), text, 0)
        return next((t.campaign_id for t in classify(article, Text.of(text), rules)), None)

    for one in rules.taxonomy.campaigns:
        for example in one.examples:
            assert main(example) == one.id, example
        for counter in one.counter_examples:
            assert main(counter) != one.id, counter


def test_a_cue_is_found_in_its_own_text(taxonomy: Taxonomy) -> None:
    """No cue is hidden by another: each, standing alone, is found whole."""
    for number, pattern in enumerate(taxonomy.patterns):
        assert taxonomy.automaton.find(pattern) == [(0, len(pattern), number)]


def test_squeezing_takes_out_every_kind_of_white_space() -> None:
    blanks = "".join(c for c in map(chr, range(0x10000)) if c.isspace())
    assert squeeze(f"“文明{blanks}城市” 「创建」") == "文明城市创建"


def test_travels_to_another_process(taxonomy: Taxonomy) -> None:
    again = pickle.loads(pickle.dumps(taxonomy))
    assert again.campaigns == taxonomy.campaigns
    assert again.automaton.find("反诈宣传") == taxonomy.automaton.find("反诈宣传")


def test_words_weights_and_exclusions(tmp_path: Path) -> None:
    noise = load(tmp_path, GOOD).by_id["noise-control"]
    assert [(c.text, c.strength, c.weight) for c in noise.cues] == [
        ("噪声扰民", "strong", 4.0),
        ("静音行动", "strong", 3.0),
        ("噪声", "weak", 1.0),
    ]
    assert (noise.exclusions, noise.name_en, noise.group_en) == (("噪声系数",), "噪声扰民整治", "Environment")


def test_a_found_campaign_is_accepted_by_one_line(tmp_path: Path) -> None:
    line = "campaigns:\n- {id: night-market, name: 夜市提升, group: 市井生活, strong: 夜市提升行动 夜市提升百日}\n"
    taxonomy = load(tmp_path, GOOD, line)
    assert taxonomy.by_id["night-market"].group == "市井生活"
    assert taxonomy.groups == ("生态环境", "市井生活")


def test_cues_are_written_as_they_are_found(tmp_path: Path) -> None:
    text = GOOD.replace("静音行动", "“静音”行动").replace("巡河", "ＡＢ巡河")
    taxonomy = load(tmp_path, text)
    assert "静音行动" in taxonomy.patterns
    assert "AB巡河" in taxonomy.patterns
    assert squeeze("“五星” 支\n部") == "五星支部"


WRONG = [
    (("name: 噪声扰民整治", "nam: 噪声扰民整治"), "4: campaign 'noise-control' lacks its name"),
    (("id: noise-control", "id: Noise Control"), "4: id 'Noise Control' must be lower-case"),
    (("id: noise-control", "id: river-chief"), "river-chief is already the campaign river-chief"),
    (("name: 河长制", "name: 噪声扰民整治"), "噪声扰民整治 is already the campaign noise-control"),
    (("weak: 噪声", "weak: 噪声 噪声"), "7: noise-control: 噪声 is there twice in weak"),
    (("weak: 噪声", "weak: 静音行动"), "7: noise-control: cue 静音行动 is there twice"),
    (("weak: 噪声", "weak: 声"), "7: noise-control: cue '声' is too short"),
    (("weak: 噪声", "weak: 噪声 “”:3"), "7: noise-control: empty cue"),
    (("weak: 噪声", "weak: ''"), "7: noise-control: weak must hold words"),
    (("weak: 噪声", "weak: [噪声]"), "7: noise-control: weak must hold words"),
    (("weak: 噪声", "weak: 12345"), "7: noise-control: weak must hold words"),
    (("weak: 噪声", "weka: 噪声"), "7: noise-control: unknown key weka"),
    (("weak: 噪声", "weak: 噪声\n  weight: 3"), "8: noise-control: weight must lie above 0"),
    (("weak: 噪声", "weak: 噪声\n  parent: smoke"), "8: noise-control: unknown parent smoke"),
    (("weak: 噪声", "weak: 噪声\n  frames: smoke"), "8: noise-control: frames unknown campaign smoke"),
    (("weak: 噪声", "weak: 噪声\n  form: maybe"), "8: noise-control: form must be true or false"),
    (("weak: 噪声", "weak: 噪声\n  examples: 甲"), "8: noise-control: examples must be a list"),
    (("not: 噪声系数", "not: 静音行动"), "8: noise-control: 静音行动 is both a cue and excluded"),
    (("weak: 河道", "weak: 噪声"), "12: cue 噪声 is weak of both noise-control and river-chief"),
    (("strong: 巡河", "strong: 静音行动"), "11: cue 静音行动 is strong of both noise-control and river-chief"),
    (("group: 生态环境", "grup: 生态环境"), "1: unknown key grup"),
    (("campaigns:", "campaigns: 3 #"), "not readable as YAML"),
    (("- id: noise-control", "- noise-control\n- id: quiet"), "4: expected a campaign with id and name"),
]


@pytest.mark.parametrize(("change", "message"), WRONG)
def test_a_wrong_file_is_refused_with_its_line(change: tuple[str, str], message: str, tmp_path: Path) -> None:
    with pytest.raises(RulesError) as error:
        load(tmp_path, GOOD.replace(*change, 1))
    assert message in str(error.value)
    assert "0.yml" in str(error.value)


def test_a_shared_cue_must_be_declared_and_then_counts_for_both(tmp_path: Path) -> None:
    shared_cue = GOOD.replace("weak: 河道", "weak: 噪声\n  shared: 噪声")
    taxonomy = load(tmp_path, shared_cue)
    assert taxonomy.effects[taxonomy.patterns.index("噪声")] == ((0, 1.0), (1, 1.0))


def test_a_cue_of_another_strength_needs_no_declaration(tmp_path: Path) -> None:
    assert load(tmp_path, GOOD.replace("weak: 河道", "weak: 静音行动")).by_id["river-chief"]


def test_no_files_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no campaign files"):
        load_taxonomy(tmp_path)
