import { expect, test } from "vitest";
import { codeLines, linesByPackage } from "./count-lines.ts";
import { read, sources } from "./sources.ts";

/** The code lines that all packages may have together. Delete before you raise it. */
const MAX_CODE_LINES = 20_129;
const MAX_LINES_OF_A_FILE = 300;

test(`the packages have at most ${MAX_CODE_LINES} code lines, without comments and blank lines`, () => {
  const all = [...linesByPackage().values()].reduce((sum, count) => sum + count, 0);
  expect(all).toBeLessThanOrEqual(MAX_CODE_LINES);
});

test(`no source file has more than ${MAX_LINES_OF_A_FILE} lines`, () => {
  const long = sources.filter((file) => read(file).trimEnd().split("\n").length > MAX_LINES_OF_A_FILE);
  expect(long).toEqual([]);
});

test("comments and blank lines are not counted", () => {
  expect(
    codeLines('/** Why. */\nconst a = 1; // one\n\n  // two\n/* three\n four */ b();\n"// five";\n'),
  ).toBe(3);
});
