/** The checklist and the faults. */
export const panels = /* css */ `
.side > .hint { margin-top: .5rem; max-width: 46rem; }
.steps { display: grid; gap: .6rem; margin: 1.25rem 0; max-width: 46rem; }
.step { display: grid; grid-template-columns: 1.75rem minmax(0, 1fr); gap: .5rem; background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .7rem .9rem; }
.step p { color: var(--soft); margin-top: .1rem; }
.step button { color: var(--ink); margin-top: .3rem; }
.mark { font-weight: 700; font-size: 1.125rem; line-height: 1.35; text-align: center; color: var(--strong-line); }
.step.done .mark { color: var(--good); }
.step.wrong .mark { color: var(--error); }
.step.by-hand .mark { color: var(--info); }
.step .all-good { color: var(--good); }

.active { display: grid; gap: .4rem; margin-bottom: .6rem; max-width: 46rem; }
.active li { display: flex; gap: .75rem; align-items: center; justify-content: space-between; background: var(--warning-wash); border-radius: .5rem; padding: .4rem .5rem .4rem .9rem; }
.presets { display: grid; gap: .5rem 1rem; max-width: 46rem; }
.presets li { display: grid; grid-template-columns: 12rem minmax(0, 1fr); gap: .75rem; align-items: center; }
.presets span { color: var(--soft); font-size: .9375rem; }
.own-fault { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: .75rem 1rem; max-width: 46rem; align-items: end; }
.field { display: grid; grid-template-columns: minmax(0, 1fr); gap: .2rem; }
.field label { font-size: .875rem; color: var(--soft); }
.own-fault input, .own-fault select { color: var(--ink); font-size: .9375rem; }
.own-fault .tick, .own-fault p { grid-column: 1 / -1; }
.own-fault .tick { display: block; color: var(--ink); }
.own-fault .tick input { width: auto; min-height: 0; }
.own-fault button { justify-self: start; }
@media (max-width: 40rem) {
  .presets li { grid-template-columns: minmax(0, 1fr); gap: .15rem; margin-bottom: .35rem; }
}
`;
