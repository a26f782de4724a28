/** One request. */
export const detail = /* css */ `
.side { padding: 1.25rem 1.5rem 3rem; }
.side > section { margin-top: 1.75rem; }
.when { color: var(--soft); font-size: .875rem; margin-top: .25rem; overflow-wrap: anywhere; }
.outcome { margin-top: .9rem; padding: .6rem .9rem; border-radius: .5rem; background: var(--code); border-left: 4px solid var(--strong-line); overflow-wrap: anywhere; }
.outcome.good { background: var(--good-wash); border-color: var(--good); }
.outcome.bad { background: var(--error-wash); border-color: var(--error); }
.outcome.fault { background: var(--warning-wash); border-color: var(--warning); }

.findings { display: grid; gap: .6rem; }
.findings li { background: var(--card); border: 1px solid var(--line); border-left: 4px solid var(--info); border-radius: .5rem; padding: .6rem .9rem; }
.findings li.error { border-left-color: var(--error); }
.findings li.warning { border-left-color: var(--warning); }
.findings p { margin-top: .2rem; }
.place { border: 0; background: none; padding: 0 .2rem; min-height: 0; font-family: var(--mono); font-size: .8125rem; text-decoration: underline dotted; text-underline-offset: .35em; overflow-wrap: anywhere; text-align: left; }

.card { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .25rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem .9rem; }
.card dt { color: var(--soft); }
.card dd { overflow-wrap: anywhere; }

.fields { width: 100%; border-collapse: collapse; background: var(--card); border: 1px solid var(--line); font-size: .875rem; table-layout: fixed; }
.fields th, .fields td { text-align: left; vertical-align: top; padding: .5rem .75rem; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.fields thead th { color: var(--soft); font-weight: 600; font-size: .8125rem; border-top: 0; background: var(--paper); }
.fields th { font-weight: 500; }
.fields thead th:nth-child(1) { width: 28%; }
.fields thead th:nth-child(2) { width: 31%; }
.fields tr:focus { outline: 3px solid var(--accent); outline-offset: -3px; }
.fields em { color: var(--soft); }
.fields .absent.required { color: var(--error); font-weight: 600; font-style: normal; }
.own-finding { margin-top: .35rem; }
.own-finding.error { color: var(--error); }
.own-finding.warning { color: var(--warning); }
.own-finding.info { color: var(--info); }

.code { background: var(--code); border: 1px solid var(--line); border-radius: .5rem; overflow: hidden; }
.code-bar { display: flex; flex-wrap: wrap; gap: .4rem; padding: .4rem .6rem; border-bottom: 1px solid var(--line); }
pre { padding: .75rem .9rem; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 36rem; overflow-y: auto; direction: ltr; unicode-bidi: isolate; text-align: left; }
pre:focus-visible { outline-offset: -3px; }
.key { color: var(--info); }
.string { color: var(--good); unicode-bidi: isolate; }
.literal { color: var(--warning); }
@media (max-width: 40rem) {
  .side { padding: 1rem 1rem 3rem; }
  .fields thead { position: absolute; clip-path: inset(50%); }
  .fields, .fields tbody, .fields tr, .fields th, .fields td { display: block; }
  .fields th, .fields td { border: 0; padding: .1rem .75rem; }
  .fields tr { border-top: 1px solid var(--line); padding: .5rem 0; }
  .fields td:last-child { color: var(--soft); }
  .card { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .card dd { margin-bottom: .4rem; }
}
.back { margin-bottom: .75rem; }
`;
