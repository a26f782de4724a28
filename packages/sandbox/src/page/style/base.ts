/** Colors, type, the frame, and what all parts share. */
export const base = /* css */ `
:root {
  color-scheme: light dark;
  --paper: #f6f7f7; --card: #fff; --ink: #1b2527; --soft: #5a6769; --line: #dbe1e1; --strong-line: #8a9799;
  --accent: #0b6e6e; --accent-ink: #fff; --chosen: #e0f0ef;
  --error: #b3261e; --error-wash: #fdecea; --warning: #855300; --warning-wash: #fdf1dc; --info: #2a5d9f; --info-wash: #e8f0fb;
  --good: #17693a; --good-wash: #e3f4e9; --code: #f1f4f4;
  --mono: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #121819; --card: #1a2223; --ink: #e4ebeb; --soft: #9fadae; --line: #2d393a; --strong-line: #66777a;
    --accent: #5cc4bf; --accent-ink: #06201f; --chosen: #17393a;
    --error: #ff9a91; --error-wash: #3c1b19; --warning: #f2bf6a; --warning-wash: #372a12; --info: #9cc2f5; --info-wash: #1a2b42;
    --good: #7fd6a0; --good-wash: #15321f; --code: #131b1c;
  }
}
* { box-sizing: border-box; }
html { font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; background: var(--paper); color: var(--ink); }
body { margin: 0; min-height: 100dvh; }
h1, h2, h3, p, ul, ol, dl, dd, pre, fieldset { margin: 0; padding: 0; border: 0; }
ul, ol { list-style: none; }
h1 { font-size: 1.0625rem; display: flex; align-items: center; gap: .5rem; white-space: nowrap; }
h2 { font-size: 1.375rem; line-height: 1.25; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin-bottom: .5rem; }
h3 small { color: var(--soft); font-weight: 400; }
a { color: var(--accent); text-underline-offset: .15em; }
code, pre, .setting { font-family: var(--mono); font-size: .8125rem; }
bdi { overflow-wrap: anywhere; }
button, input, select { font: inherit; color: inherit; border: 1px solid var(--strong-line); border-radius: .4rem; background: var(--card); padding: .3rem .7rem; min-height: 2.125rem; max-width: 100%; }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--accent); }
button:disabled { opacity: .45; cursor: default; }
button[aria-pressed="true"] { background: var(--chosen); border-color: var(--accent); }
button.quiet { font-size: .8125rem; min-height: 1.75rem; padding: .1rem .6rem; }
button[type="submit"] { background: var(--accent); border-color: var(--accent); color: var(--accent-ink); font-weight: 600; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[tabindex="-1"]:focus { outline: none; }
[hidden] { display: none !important; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999px; top: 0; background: var(--card); padding: .5rem 1rem; z-index: 2; }
.skip:focus { left: .5rem; }
.hint { color: var(--soft); }
.escape { color: var(--error); background: var(--error-wash); border-radius: .2em; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: .25rem 1.25rem; padding: .6rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
.status { color: var(--soft); font-size: .875rem; display: flex; align-items: center; gap: .4rem; }
.status::before { content: ""; width: .6rem; height: .6rem; border-radius: 50%; background: var(--strong-line); flex: none; }
.status.live::before { background: var(--good); }
.status.gone { color: var(--error); }
.status.gone::before { background: var(--error); }
.top nav { display: flex; gap: .25rem; margin-left: auto; }
.top nav a { color: inherit; text-decoration: none; padding: .35rem .75rem; border-radius: .4rem; white-space: nowrap; }
.top nav a:hover { background: var(--paper); }
.top nav a[aria-current] { background: var(--chosen); font-weight: 600; }
.tally { font-size: .8125rem; color: var(--soft); font-weight: 400; }
#faults-tally { color: var(--error); font-weight: 600; }
.banner { background: var(--warning-wash); color: var(--warning); padding: .4rem 1.25rem; border-bottom: 1px solid var(--line); font-size: .9375rem; }
.banner button { min-height: 1.75rem; padding: .05rem .6rem; background: transparent; border-color: currentColor; font-size: .875rem; }

.badge { display: inline-block; font-size: .75rem; line-height: 1.35; font-weight: 600; border-radius: 1em; padding: .05rem .55rem; background: var(--code); color: var(--soft); white-space: nowrap; }
.badge.error, .badge.wrong { background: var(--error-wash); color: var(--error); }
.badge.warning { background: var(--warning-wash); color: var(--warning); }
.badge.info, .badge.by-hand { background: var(--info-wash); color: var(--info); }
.badge.done { background: var(--good-wash); color: var(--good); }
.all-good { color: var(--good); }

@media (min-width: 60rem) {
  body { height: 100dvh; display: flex; flex-direction: column; overflow: hidden; }
  .panes { flex: 1; min-height: 0; display: grid; grid-template-columns: minmax(22rem, 30rem) minmax(0, 1fr); }
  .list, .side { overflow-y: auto; min-height: 0; position: relative; }
  .list { border-right: 1px solid var(--line); background: var(--card); }
  .back { display: none; }
}
@media (max-width: 59.99rem) {
  body[data-view="side"] .list, body[data-view="list"] .side { display: none; }
  .list { background: var(--card); min-height: 60dvh; }
  .top { padding: .6rem 1rem; }
  .top nav { margin: 0 -.75rem; width: calc(100% + 1.5rem); overflow-x: auto; font-size: .9375rem; }
  .banner { padding: .4rem 1rem; }
  button, .top nav a, select, input { min-height: 2.5rem; }
  button.quiet { min-height: 2.25rem; }
}
`;
