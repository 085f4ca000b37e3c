"""Words of a search query, by jieba."""

from __future__ import annotations

import re

import rjieba

_QUOTED = re.compile(r"[“\"「]([^”\"」]{1,40})[”\"」]")
_WORD = re.compile(r"[\w\u4e00-\u9fff]")
MAX_QUERY, MAX_WORDS = 60, 8


def words_of(query: str) -> tuple[str, ...]:
    """平城区反诈宣传 → (平, 城区, 反诈, 宣传): an article must hold every one; “…” keeps its words together.

    Single characters are left out where longer words remain; at most MAX_WORDS words of the first MAX_QUERY characters.
    """
    query = query[:MAX_QUERY]
    quoted = [m[1].strip() for m in _QUOTED.finditer(query)]
    cut = [w.strip() for w in rjieba.cut(_QUOTED.sub(" ", query)) if _WORD.search(w)]
    longer = [w for w in cut if len(w) > 1]
    return tuple(dict.fromkeys([w for w in quoted if w] + (longer or cut if not quoted else longer)))[:MAX_WORDS]
