"""The few rules of style that the theme has no word for; constant, without any data."""

import streamlit as st

CSS = """<style>
.stApp { /* Streamlit gives these to components alone */
  --st-border-color: light-dark(#d5dce3, #33404c); --st-link-color: light-dark(#0b62b3, #6fb3ea); }
[data-testid="stMainBlockContainer"] { padding: 4rem 1.25rem 0.5rem; }
[data-testid="stMainBlockContainer"] > [data-testid="stVerticalBlock"] {
  gap: 0.6rem; --list: max(320px, calc(100vh - 20.6rem)); }
[data-variant][data-selected="true"] p { color: var(--st-link-color); }
.st-key-conversations-search [data-testid="InputInstructions"] { display: none; }
.st-key-conversations-kebab button [aria-hidden="true"] { display: none; }
.st-key-conversations-line { min-height: 2.4rem; }
.st-key-conversations-both { flex-wrap: nowrap; align-items: stretch; }
.st-key-conversations-grid-box iframe { height: var(--list) !important; }
.st-key-reader { --reader-height: calc(var(--list) - 3.1rem); }
.st-key-reader-talk { --composer: 150px; }
.st-key-conversations-list:has(.st-key-conversations-none) .st-key-conversations-grid-box { display: none; }
.st-key-conversations-gone:empty, .st-key-conversations-list > :empty { display: none; }
.st-key-reader-panel {
  flex: none; height: var(--reader-height); min-height: 300px; overflow-y: auto; flex-wrap: nowrap;
  border: 1px solid var(--st-border-color); border-width: 0 1px 1px 0; border-radius: 0 0 8px 0; }
.st-key-reader-panel > * { flex: none; }
.st-key-contact { --reader-height: calc(100vh - 8.5rem); }
.st-key-reader-bar {
  min-height: 3.1rem; padding: 0 12px;
  border: 1px solid var(--st-border-color); border-radius: 8px 8px 0 0;
  background: light-dark(#e9edf1, #232c36); }
.st-key-conversations-nothing { max-width: 36rem; margin: 12vh auto 0; }
.st-key-conversations-ticks [data-testid="stText"], .st-key-conversations-pager [data-testid="stText"] {
  font-size: 0.92rem; }
.st-key-reader-bar, .st-key-reader-both { flex-wrap: nowrap; }
.st-key-reader-not_hot [data-testid="stIconMaterial"] { color: light-dark(#c2410c, #f5935a); }
.st-key-reader :is(.st-key-reader-tick, .st-key-reader-hot, .st-key-reader-not_hot, .st-key-reader-tag,
  .st-key-reader-follow_up, .st-key-reader-move, .st-key-reader-previous, .st-key-reader-next,
  .st-key-reader-own, .st-key-reader-close) p {
  font-size: 0; }
[class*="st-key-reader-ez_"] p { font-size: 0.9rem; white-space: nowrap; }
[class*="st-key-reader-ez_"] :is(button, a) { padding: 0.2rem 0.35rem; min-height: 0; }
.st-key-reader-follow_up_done button { color: var(--st-link-color); font-weight: 600; }
.st-key-reader .st-key-reader-bar { gap: 0.35rem; }
.st-key-queue { --reader-height: calc(100vh - 10.4rem); }
[data-testid="stMainBlockContainer"]:has(.st-key-queue) div:has(> :is(
  .st-key-conversations-tabs, .st-key-conversations-tools, .st-key-conversations-actions, .st-key-conversations-line,
  .st-key-conversations-gone, .st-key-conversations-list, .st-key-conversations-pager)) { display: none; }
div:has(> :is(.st-key-frame, .st-key-keys)) { position: absolute; }
.st-key-conversations-actions { min-height: 2.5rem; }
.st-key-conversations-ticks { width: auto; }
div:has(> .st-key-conversations-unseen) { position: absolute; visibility: hidden; }
.st-key-frame {
  position: fixed; top: 0.55rem; right: 4rem; z-index: 999990; width: auto; box-sizing: border-box;
  max-width: min(46rem, calc(100vw - 40rem)); flex-wrap: nowrap;
  padding: 0 0.75rem; border-radius: 8px; background: light-dark(#e6f0fa, #1c2f44); }
.st-key-frame:not(:has(> *)) { display: none; }
.st-key-frame > :has([data-testid="stText"]) { min-width: 0; flex: 0 1 auto; }
.st-key-frame > :is(.st-key-frame-said, :has(.st-key-frame-said)) { flex-shrink: 1000; }
.st-key-frame [data-testid="stText"], .st-key-frame [data-testid="stText"] * {
  font-size: 0.92rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; min-width: 0; }
.st-key-keys { position: fixed; left: auto; right: 1.2rem; bottom: 1rem; width: 5rem !important; z-index: 10; }
.st-key-frame-close p, [class*="st-key-workflows-step"] :is([class*="-arrow_"], [class*="-remove"]) p { font-size: 0; }
[class*="st-key-workflows-head"] > :first-child { font-weight: 600; }
.st-key-workflows-title > :first-child { font-weight: 600; font-size: 1.5rem; }
.st-key-account-title > :first-child { font-weight: 600; font-size: 1.2rem; }
[class*="st-key-history-line"] [class*="-facts"] [data-testid="stText"] { font-size: 0.92rem; opacity: 0.8; }
[class*="st-key-cleanup-"][class*="-words"] > :first-child { font-weight: 600; }
[class*="st-key-pipelines-title"] [data-testid="stText"] { font-weight: 600; font-size: 1.1rem; }
[class*="st-key-stages-"][class*="-facts"] [data-testid="stText"] + [data-testid="stText"],
[class*="st-key-stages-"][class*="-facts"] > :last-child [data-testid="stText"] { font-size: 0.9rem; opacity: 0.8; }
.st-key-pipelines-page :is([class*="-up"], [class*="-down"]) p { font-size: 0; }
.st-key-reader-name, .st-key-reader-who { min-width: 0; }
.st-key-reader-number [data-testid="stText"] {
  font-size: 0.85rem; line-height: 1.3; white-space: nowrap; opacity: 0.8; }
.st-key-reader-name [data-testid="stText"] {
  font-weight: 600; font-size: 1.1rem; line-height: 1.3; overflow: hidden; text-overflow: ellipsis;
  white-space: nowrap; }
.st-key-reader-name [data-testid="stText"] * { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
[class*="st-key-conversations-facet"] { margin-top: -0.6rem; }
[class*="st-key-conversations-facet"] [data-testid="stText"] { font-size: 0.82rem; opacity: 0.75; }
[class*="st-key-imports"][class*="-samples"] [data-testid="stText"],
.st-key-imports-page [class*="-facts"] [data-testid="stText"] { font-size: 0.92rem; opacity: 0.8; }
.st-key-imports-page [aria-label="Download as CSV"] { display: none; }
@media (max-width: 1024px) {
  .st-key-frame { top: auto; bottom: 0.5rem; right: 0.5rem; left: auto; max-width: calc(100vw - 1rem); }
}
@media (max-width: 640px) {
  .st-key-frame { left: 0.5rem; }
  .st-key-analytics-filters > *, .st-key-analytics-tiles > * { flex: 1 1 42%; width: auto; min-width: 0; }
  .st-key-analytics-filters > * > * { width: 100% !important; }
  .st-key-analytics-block-volumes .mark-text.role-mark { display: none; }
  .st-key-conversations-both, .st-key-reader-both { flex-wrap: wrap; }
  .st-key-reader, .st-key-queue { --reader-height: auto; }
  .st-key-reader-talk { --composer: auto; }
  .st-key-reader-panel { height: auto; border-width: 1px; border-radius: 0; }
  div:has(> .st-key-reader-panel) { flex: 1 1 100%; width: 100%; }
  .st-key-reader-own, .st-key-keys { display: none; }
  .st-key-conversations-columns, .st-key-board-stages { display: none; }
  .st-key-conversations-verbs, .st-key-conversations-ticks { flex-wrap: nowrap; overflow-x: auto; max-width: 100%; }
  .st-key-conversations-verbs:not(:has(button:enabled)) { overflow-x: hidden; }
  .st-key-conversations-verbs > *, .st-key-conversations-ticks > * { flex: none; }
  .st-key-reader-bar [data-testid="stButton"]:not([class*="st-key-reader-ez_"] *) p { font-size: 0; }
  .st-key-reader-bar, .st-key-reader .st-key-reader-bar { flex-wrap: wrap; padding: 0.3rem 12px; gap: 0 0.7rem; }
  .st-key-reader-bar > :has(.st-key-reader-who) { flex: 1 0 100%; }
  [data-testid="stMainBlockContainer"]:has(.st-key-reader) div:has(> :is(
    .st-key-conversations-tabs, .st-key-conversations-tools, .st-key-conversations-actions, .st-key-conversations-line,
    .st-key-conversations-gone, .st-key-conversations-list, .st-key-conversations-pager)) { display: none; }
}
[class*="st-key-analytics-block"] { height: 100%; }
.st-key-analytics-tiles [data-testid="stMetricValue"] { font-size: 1.55rem; }
.st-key-analytics-tiles [data-testid="stButton"] p { color: var(--st-link-color); font-size: 0.92rem; }
[class*="st-key-analytics-foot"] [data-testid="stCaptionContainer"] { font-variant-numeric: tabular-nums; }
.st-key-analytics-about [data-testid="stText"] { opacity: 0.8; }
@media print { /* one clean page: what is shown, without what can be pressed */
  @page { margin: 10mm; }
  body, .stApp { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .stApp, .stApp :has(.st-key-analytics-page) { position: static; height: auto; overflow: visible; }
  header, [data-testid="stHeader"], [data-testid="stToolbar"], [data-testid="stElementToolbar"], .st-key-frame,
  .st-key-analytics-page :is(button, [role="radiogroup"], [data-testid="stExpander"], [data-testid="stTooltipIcon"]),
  .st-key-analytics-filters, .stApp :has(> .st-key-analytics-filters) { display: none !important; }
  [data-testid="stMainBlockContainer"] { padding: 0; }
  .st-key-analytics-page { width: 100%; max-width: none; zoom: 0.6; gap: 0.6rem; }
  .st-key-analytics-page [data-testid="stHorizontalBlock"], .st-key-analytics-tiles {
    display: flex !important; flex-wrap: nowrap; gap: 0.6rem; margin-bottom: 0.6rem; }
  .st-key-analytics-page [data-testid="stColumn"] { flex: 1 1 0; min-width: 0; }
  .st-key-analytics-tiles > * { flex: 1 1 0; min-width: 0; width: auto; }
  [class*="st-key-analytics-block"], [class*="st-key-analytics-tile"] { break-inside: avoid; }
  .st-key-analytics-page .marks { width: 100% !important; height: auto !important; }
}
</style>"""


def apply() -> None:
    """Once per run, by the page."""
    st.html(CSS)
