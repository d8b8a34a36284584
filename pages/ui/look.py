"""The few rules of style that the theme has no word for; constant, without any data."""

import streamlit as st

CSS = """<style>
[data-testid="stMainBlockContainer"] { padding: 4rem 1.25rem 0.5rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {
  gap: 0.6rem; --list: max(320px, calc(100vh - 17.6rem)); }
.st-key-conversations-search [data-testid="InputInstructions"] { display: none; }
.st-key-conversations-kebab [data-testid="stIconMaterial"] { display: none; }
.st-key-conversations-line { min-height: 2.4rem; }
.st-key-conversations-both { flex-wrap: nowrap; align-items: stretch; }
.st-key-conversations-grid-box iframe { height: var(--list) !important; }
.st-key-reader { --reader-height: calc(var(--list) - 3.1rem); }
.st-key-conversations-list:has(.st-key-conversations-none) .st-key-conversations-grid-box { display: none; }
.st-key-conversations-gone:empty, .st-key-conversations-list > :empty { display: none; }
.st-key-contact { --reader-height: calc(100vh - 8.5rem); }
.st-key-reader-bar {
  min-height: 3.1rem; padding: 0 12px;
  border: 1px solid var(--st-border-color); border-radius: 8px 8px 0 0;
  background: light-dark(#e9edf1, #232c36); }
.st-key-conversations-nothing { max-width: 36rem; margin: 12vh auto 0; }
.st-key-conversations-ticks [data-testid="stText"], .st-key-conversations-pager [data-testid="stText"] {
  font-size: 0.92rem; }
.st-key-reader-bar { flex-wrap: nowrap; }
.st-key-reader-name { min-width: 0; }
.st-key-reader-name [data-testid="stText"] {
  font-weight: 600; font-size: 1.1rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.st-key-reader-name [data-testid="stText"] * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
[class*="st-key-imports"][class*="-samples"] [data-testid="stText"],
.st-key-imports-page [class*="-facts"] [data-testid="stText"] { font-size: 0.92rem; opacity: 0.8; }
.st-key-imports-page [aria-label="Download as CSV"] { display: none; }
@media (max-width: 640px) {
  .st-key-conversations-both { flex-wrap: wrap; }
  .st-key-reader { --reader-height: auto; }
  .st-key-reader-bar [data-testid="stButton"] kbd, .st-key-reader-own { display: none; }
  .st-key-reader-bar [data-testid="stButton"] p { font-size: 0; }
  [data-testid="stMainBlockContainer"]:has(.st-key-reader) :is(
    .st-key-conversations-tabs, .st-key-conversations-tools, .st-key-conversations-line, .st-key-conversations-list,
    .st-key-conversations-pager) { display: none; }
}
</style>"""


def apply() -> None:
    """Once per run, by the page."""
    st.html(CSS)
