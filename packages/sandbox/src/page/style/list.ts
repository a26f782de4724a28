/** The list of requests. */
export const list = /* css */ `
.filters { display: grid; gap: .6rem; padding: .9rem 1rem .5rem; position: sticky; top: 0; background: var(--card); z-index: 1; }
.filters input[type="search"] { width: 100%; min-height: 2.375rem; }
.filters fieldset { display: flex; flex-wrap: wrap; gap: .3rem; min-width: 0; }
.filters label { position: relative; }
.filters input[type="radio"] { position: absolute; inset: 0; opacity: 0; min-height: 0; cursor: pointer; }
.filters label span { display: block; padding: .15rem .7rem; border: 1px solid var(--line); border-radius: 1em; font-size: .8125rem; color: var(--soft); }
.filters input:checked + span { background: var(--chosen); border-color: var(--accent); color: var(--ink); font-weight: 600; }
.filters input:focus-visible + span { outline: 3px solid var(--accent); outline-offset: 2px; }
.list-head { display: flex; justify-content: space-between; align-items: center; padding: 0 1rem .5rem; color: var(--soft); font-size: .8125rem; }
.rows li { border-top: 1px solid var(--line); animation: arrive 1.2s ease-out; content-visibility: auto; contain-intrinsic-size: auto 4.2rem; }
@keyframes arrive { from { background: var(--good-wash); } }
@media (prefers-reduced-motion: reduce) { .rows li { animation: none; } }
.rows a { display: block; padding: .6rem 1rem; color: inherit; text-decoration: none; border-left: 4px solid transparent; }
.rows a:hover { background: var(--paper); }
.rows a:focus-visible { outline-offset: -3px; }
.rows a[aria-current] { background: var(--chosen); border-left-color: var(--accent); }
.line { display: flex; justify-content: space-between; align-items: baseline; gap: .75rem; }
.line > :first-child { min-width: 0; }
.line > :last-child { flex: none; }
.title { font-weight: 600; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.title.click { font-weight: 500; }
.title.unknown { font-weight: 500; font-family: var(--mono); font-size: .8125rem; }
.tone { font-size: .8125rem; text-align: right; white-space: nowrap; color: var(--soft); }
.tone.good { color: var(--good); }
.tone.bad { color: var(--error); }
.tone.fault { color: var(--warning); }
.note { font-size: .8125rem; color: var(--soft); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.badges { display: flex; gap: .25rem; justify-content: end; }
.pager { display: flex; gap: .5rem; padding: .75rem 1rem 1.5rem; border-top: 1px solid var(--line); }
.welcome { padding: 1rem; display: grid; gap: .75rem; border-top: 1px solid var(--line); }
.welcome code { white-space: nowrap; }
.setting code { background: var(--code); padding: .2rem .4rem; border-radius: .3rem; white-space: normal; overflow-wrap: anywhere; box-decoration-break: clone; }
@media (max-width: 59.99rem) {
  .filters { position: static; padding-top: .75rem; }
  .filters label span { padding: .3rem .75rem; }
}
`;
