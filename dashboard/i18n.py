"""Words of the interface: Chinese is the key, English its translation. Place and campaign names stay Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.english import ENGLISH

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """Called with the Chinese words, gives them in the reader's language: ``t("共 {n} 条", n=3)``."""

    lang: str = "zh"
    names: Mapping[str, str] = field(default_factory=dict, compare=False)  # English names of campaigns and groups

    def __call__(self, text: str, /, **values: object) -> str:
        found = ENGLISH.get(text, self.names.get(text, text)) if self.lang == "en" else text
        return found.format(**values) if values else found

    def inside(self, text: str) -> str:
        """A word within a sentence or title: in English without its capital, 村社区 → community."""
        return self(text).lower() if self.lang == "en" else text

    def campaign(self, campaign_id: str, name: str) -> str:
        """A campaign's name; in English with the English name before it."""
        english = self.names.get(campaign_id)
        if campaign_id == "none":
            return self("未归类")
        return f"{english} {name}" if self.lang == "en" and english else name


def words(lang: str, names: Mapping[str, str] | None = None) -> Words:
    """The words of a language; Chinese for one that we do not have."""
    return Words(lang if lang in LANGUAGES else "zh", names or {})
