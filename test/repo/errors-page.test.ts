import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../packages/core/src/errors.ts";
import { SKIP_REASONS } from "../../packages/core/src/reporting/skip-reasons.ts";

const page = new URL("../../packages/core/ERRORS.md", import.meta.url);

function pageOf(codes: typeof ERROR_CODES): string {
  const sections = Object.entries(codes).map(
    ([code, { summary, help }]) => `## ${code}\n\n${summary}\n\n${help}\n`,
  );
  return [
    "# Errors\n",
    "Every error is an `AvantLinkError`. Its `code` is one of this list, its `help` says what to do, its `issues` name the",
    "fields that are wrong. Where another error came first, `cause` is a cleaned copy of it: class, code, the first line of",
    "its message and its stack, never the object of an engine, which may carry a password or an order. Only",
    "`createTracker` and `start()` throw an error; everywhere else it comes in a receipt, an event or a dead letter.\n",
    ...sections,
    "# Reasons for skipping\n",
    "An order or a click that is not sent on purpose is an event `skipped` with one of these reasons, or with the text that the",
    "shop gave to `skip(reason)`.\n",
    "| reason | meaning |",
    "| --- | --- |",
    ...Object.entries(SKIP_REASONS).map(([reason, meaning]) => `| \`${reason}\` | ${meaning} |`),
    "",
  ].join("\n");
}

test("ERRORS.md says of every code and reason what the tables say, and nothing else (UPDATE=1 rewrites it)", async () => {
  if (process.env.UPDATE === "1") await writeFile(page, pageOf(ERROR_CODES));
  expect(await readFile(page, "utf8")).toBe(pageOf(ERROR_CODES));
});
