"""To come."""
from dashboard.context import Context


def render(ctx: Context) -> None:
    """The page."""
