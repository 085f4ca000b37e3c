"""Stub."""
from etl.models import Page
from etl.rules import Rules


def masthead(page: Page, rules: Rules) -> Page:
    return page
