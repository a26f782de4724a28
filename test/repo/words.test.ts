import { expect, test } from "vitest";
import { wordsByFolder, wordsOf } from "./words.ts";

/** How many words each folder may still have; every other folder has none. Lower a figure, never raise it. */
const LEFT: Readonly<Record<string, number>> = {};

const found = wordsByFolder();

test.each([...found.keys()])("%s uses the words of the house (`pnpm words` lists the others)", (folder) => {
  const words = found.get(folder) ?? [];
  const most = LEFT[folder] ?? 0;
  if (words.length > most) expect(words).toEqual([]);
});

test("a folder that has no such word left is not listed", () => {
  const done = Object.keys(LEFT).filter((folder) => (found.get(folder) ?? []).length === 0);
  expect(done).toEqual([]);
});

test.each([
  ["const courierOf = 1;", ["courier"]],
  ["// The outbox told us, and tells again; a teller.", ["told", "tells", "teller"]],
  ["toldEvents(); onTold();", ["told", "Told"]],
  ["intelligent untold stellar", []],
  ["const MOST_KEPT = LAST_PATIENCE_MS;", ["MOST_", "_PATIENCE_"]],
  ["await Promise.allSettled(calls); settle(job);", ["settle"]],
  ['["was cancelled", { cancelled_at: "x" }]', []],
  ["the colour, and the one that is grey", ["colour", "one that", "grey"]],
])("in %s the words %j are found", (text, words) => {
  expect(
    wordsOf("packages/core/src/x.ts", text)
      .map(({ word }) => word)
      .sort(),
  ).toEqual([...words].sort());
});

test("an outbox settles its leased jobs, and nothing else is settled", () => {
  expect(wordsOf("packages/outbox/src/sqlite/jobs.ts", "settle(job)")).toEqual([]);
  expect(wordsOf("packages/core/src/tracker/wait.ts", "settle(order)")).toHaveLength(1);
});
