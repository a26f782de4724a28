export { type Bench, bench, type Handed } from "./bench.ts";
export { aJob, dead, delivered, keyOf, REFUSED, retry, stateIn } from "./jobs.ts";
export { type Skips, type TestProcess, type TestStore, testOutbox } from "./suite.ts";
