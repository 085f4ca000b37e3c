"""What Streamlit should forget of a session: widgets that are no longer on the page.

It drops their values after each run, but keeps their descriptions for as long as the session lives (seen in 1.67), and with
them all that their callbacks hold: an open table. A page that stays open on a wall would keep each week's.
"""

from __future__ import annotations

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def forget_widgets() -> int:
    """Drop the descriptions of widgets that the run now ending has not drawn; how many. For the end of a run of the whole page.

    Streamlit has no public way to it. Where another version keeps them elsewhere nothing is dropped (a test then says so).
    """
    run: Any = get_script_run_ctx()
    try:
        known = run.session_state._state._new_widget_state.widget_metadata
        shown = run.shared.widget_ids_this_run.snapshot()
    except AttributeError:
        return 0
    gone = [widget for widget in known if widget not in shown]
    for widget in gone:
        known.pop(widget, None)
    return len(gone)
