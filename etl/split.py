"""Stub."""
from etl.models import Article, Issue, Page
from etl.rules import Rules
import hashlib


def split(page: Page, rules: Rules) -> tuple[list[Article], list[Issue]]:
    texts = [page.text] if page.is_article else [t for t in page.text.split("本报讯") if t.strip()]
    out = []
    for t in texts:
        out.append(Article(hashlib.sha256(t.encode()).hexdigest()[:16], page.source_path, page.page, page.newspaper, page.published_on, page.published_basis, "news", page.title, None, (), t, 0))
    return out, []
