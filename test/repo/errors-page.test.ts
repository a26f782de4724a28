import { readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ERROR_CODES } from "../../packages/core/src/errors.ts";

const page = new URL("../../packages/core/ERRORS.md", import.meta.url);

function pageOf(codes: typeof ERROR_CODES): string {
  const sections = Object.entries(codes).map(
    ([code, { summary, help }]) => `## ${code}\n\n${summary}\n\n${help}\n`,
  );
  return [
    "# Errors\n",
    "Every error is an `AvantLinkError` with a `code` from this list, a `help` that says what to do, `issues` that name",
    "the fields where it is about fields, and a `cause` where something else failed first. Only `createTracker` throws",
    "one; everywhere else it comes in a receipt, an event or a dead letter.\n",
    ...sections,
  ].join("\n");
}

test("ERRORS.md says of every code what the table says, and nothing else (UPDATE=1 rewrites it)", async () => {
  if (process.env.UPDATE === "1") await writeFile(page, pageOf(ERROR_CODES));
  expect(await readFile(page, "utf8")).toBe(pageOf(ERROR_CODES));
});
