"""The choice between light, dark and the system's setting. Streamlit's own menu, which has it, is English and hidden here.

Streamlit keeps the choice in the browser, one entry a page address (`stActiveTheme-/places-v2`), and reads it when a page is
loaded; so all pages' entries are written and the page is loaded anew. Its state is in the address and stays.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.i18n import Words

CHOICES = {"System": "随系统", "Light": "浅色", "Dark": "深色"}
SCRIPT = """
const KEY = (path) => 'stActiveTheme-' + path + '-v2';
export default function(component) {
  const { parentElement, data } = component;
  const here = window.location.pathname, last = here.split('/').pop();
  const base = data.pages.includes(last) ? here.slice(0, here.length - last.length) : here.endsWith('/') ? here : here + '/';
  let now = 'System';
  try { now = JSON.parse(localStorage.getItem(KEY(here))) || now; } catch (_) { /* nothing of ours */ }
  const box = parentElement.querySelector('.choices');
  box.replaceChildren(...data.choices.map(([name, label]) => {
    const button = document.createElement('button');
    button.textContent = label;
    button.dataset.theme = name;
    button.setAttribute('aria-pressed', String(name === now));
    button.onclick = () => {
      for (const path of ['', ...data.pages]) { localStorage.setItem(KEY(base + path), JSON.stringify(name)); }
      window.location.reload();
    };
    return button;
  }));
}
"""
STYLE = """
.choices {display: inline-flex; font-family: inherit;}
button {font: inherit; font-size: .95em; color: var(--st-text-color); background: transparent; border: 1px solid var(--st-border-color);
  margin-left: -1px; padding: .3em .9em; cursor: pointer;}
button:first-child {margin: 0; border-radius: 6px 0 0 6px;} button:last-child {border-radius: 0 6px 6px 0;}
button:hover, button[aria-pressed=true] {color: var(--st-primary-color); border-color: var(--st-primary-color); position: relative;}
"""


def choose(t: Words, pages: Sequence[str]) -> None:
    """Three buttons; `pages` are the last parts of all pages' addresses."""
    mount = st.components.v2.component("campaign_theme", html='<div class="choices"></div>', css=STYLE, js=SCRIPT)
    mount(key="theme", data={"choices": [[k, t(v)] for k, v in CHOICES.items()], "pages": list(pages)})
