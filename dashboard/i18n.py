"""Words of the interface: Chinese is the key, English its translation. Place and campaign names stay Chinese."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard.english import CAMPAIGNS, ENGLISH, INDICATORS

LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Words:
    """Called with the Chinese words, gives them in the reader's language: ``t("共 {n} 条", n=3)``."""

    lang: str = "zh"

    def __call__(self, text: str, /, **values: object) -> str:
        found = ENGLISH.get(text, text) if self.lang == "en" else text
        return found.format(**values) if values else found

    def campaign(self, campaign_id: str, name: str) -> str:
        """A campaign's name; in English with the English name before it."""
        english = CAMPAIGNS.get(campaign_id)
        if campaign_id == "none":
            return self("未归类")
        return f"{english} {name}" if self.lang == "en" and english else name

    def indicator(self, key: str, chinese: str | None = None) -> str:
        """An indicator's name: the rule file's Chinese one, an English one where there is one, else the key itself."""
        if self.lang == "en":
            return INDICATORS.get(key, chinese or key)
        return chinese or key


def words(lang: str) -> Words:
    """The words of a language; Chinese for one that we do not have."""
    return Words(lang if lang in LANGUAGES else "zh")
