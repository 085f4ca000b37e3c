"""Streamlit's front end speaks English only. Its own few words (a table's menu, an empty list, a page that is not there) are put
into Chinese in the reader's browser: where one of them stands alone in a menu, dialog, list or tool bar of the front end.
Nothing else on a page is touched, so that no text of a newspaper can be changed by it.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from dashboard.i18n import Words

CHINESE = {
    "Page not found": "没有这个页面",
    "The page that you have requested does not seem to exist. Running the app's main page.": "网址中的页面不存在，已转到总览。",
    "Connection error": "连接出错", "Close": "关闭", "Open": "展开", "Clear all": "全部清除", "Clear value": "清除", "Selected values": "已选",
    "No results": "没有匹配项", "No options": "没有选项", "Select all": "全选", "Search": "查找", "Type to search": "输入以查找",
    "Close Search": "关闭查找", "Next Result": "下一处", "Previous Result": "上一处", "Download as CSV": "导出此表", "Show/hide columns": "显示或隐藏列",
    "Fullscreen": "全屏", "Close fullscreen": "退出全屏", "Clear selection": "取消选择", "Sort ascending": "升序排列", "Sort descending": "降序排列",
    "Autosize": "自动列宽", "Pin column": "固定此列", "Unpin column": "取消固定", "Hide column": "隐藏此列", "Copy column name": "复制列名",
    "Format": "格式", "Statistics": "统计", "Automatic": "自动", "Localized": "本地格式", "Plain": "原数", "Compact": "缩写", "Percent": "百分比",
    "Scientific": "科学计数", "Accounting": "会计", "Dollar": "美元", "Euro": "欧元", "Yen": "日元", "Distance": "距今", "Calendar": "日历",
    "Duration": "时长", "Values": "值", "Empty": "空", "Distinct": "不同值", "Minimum": "最小", "Maximum": "最大", "Median": "中位数", "Average": "平均",
    "Sum": "合计", "Standard deviation": "标准差", "Range": "范围", "Minimum length": "最短", "Maximum length": "最长", "Average length": "平均长度",
    "Count": "计数", "Based on sample": "按样本", "Previous month": "上个月", "Next month": "下个月", "Copy to clipboard": "复制",
}  # fmt: skip
SCRIPT = """
const PLACES = '[data-st-overlay-root],[role=dialog],[role=menu],[role=listbox],[role=tooltip],[data-testid=stElementToolbar],'
  + '[data-testid=stDataFrameColumnMenu],[data-testid=stTooltipContent]';
const SAID = ['aria-label', 'title', 'placeholder'];
function put(root, words) {
  const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  for (let node = root; node; node = walk.nextNode()) {
    if (node.nodeType === Node.TEXT_NODE) {
      const found = words[node.data.trim()];
      if (found) { node.data = found; }
    } else {
      for (const name of SAID) {
        const found = words[node.getAttribute(name)];
        if (found) { node.setAttribute(name, found); }
      }
    }
  }
}
function look(node) {
  const words = window.campaignWords;
  const from = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
  if (!(from instanceof HTMLElement)) { return; }
  if (from.closest(PLACES)) { put(from, words); } else if (from === node) { from.querySelectorAll(PLACES).forEach((e) => put(e, words)); }
}
export default function(component) {
  const watched = window.campaignWords !== undefined;
  window.campaignWords = component.data.words;
  if (watched) { return; }
  new MutationObserver((changes) => changes.forEach((c) => {
    c.addedNodes.forEach(look);
    if (c.type === 'characterData') { look(c.target); }
  })).observe(document.body, {childList: true, subtree: true, characterData: true});
  look(document.body);
}
"""


def speak(t: Words, *, first: bool) -> None:
    """Put the front end's words into the reader's language; in English they stay.

    Not where the overview is opened `first`: it shows none of them, and what mounts this would be all that it fetches for it.
    """
    path, base = urlsplit(st.context.url or "").path, str(st.get_option("server.baseUrlPath"))
    if first and path.strip("/") == base.strip("/"):  # with or without a slash at its end
        return
    mount = st.components.v2.component("campaign_front", html="<span></span>", js=SCRIPT)
    mount(key="front", data={"words": CHINESE if t.lang == "zh" else {}})
