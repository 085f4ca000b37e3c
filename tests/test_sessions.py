"""A session that stays open keeps nothing of widgets that its page no longer shows."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest


def page(forget: bool) -> None:
    import streamlit as st

    from dashboard.sessions import forget_widgets

    st.session_state["runs"] = st.session_state.get("runs", 0) + 1
    st.button(f"按钮 {st.session_state['runs']}", on_click=lambda: None)
    st.text_input("查找", key="q")
    if forget:
        st.session_state["gone"] = forget_widgets()


@pytest.mark.parametrize("forget", [True, False])
def test_descriptions_of_widgets_do_not_pile_up(forget: bool) -> None:
    """Without forgetting they would: where that is no longer so, dashboard/sessions.py is no longer needed."""
    app = AppTest.from_function(page, default_timeout=60, kwargs={"forget": forget}).run()
    app.text_input[0].set_value("消防").run()
    for _ in range(5):
        app.run()
    known = app.session_state._state._state._new_widget_state.widget_metadata
    assert len(known) == (2 if forget else 8)
    assert app.text_input[0].value == "消防" and not app.exception
    assert not forget or app.session_state["gone"] == 1
