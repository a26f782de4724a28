import { expect, test } from "vitest";
import { files, read } from "../repo/sources.ts";

/** Pages whose code another test compiles or runs. */
const TESTED_ELSEWHERE: Readonly<Record<string, string>> = {
  "docs/carry-the-context.md": "test/orders/carry-the-context.test.ts",
  "docs/consent.md": "test/conformance/consent.test.ts, test/e2e/last-click.browser.long.test.ts",
  "docs/serverless.md": "test/docs/serverless.test.ts",
  "packages/next/README.md": "test/docs/next.test.ts",
  "packages/next/AGENTS.md": "test/docs/next.test.ts",
};
/** Files that tests compile and run, and that pages print or cut from. */
const PRINTED = files.filter((file) =>
  /^(?:examples|test\/docs\/samples|test\/outbox)\/.*\.(?:[cm]?js|tsx?)$/.test(file),
);

interface Block {
  readonly page: string;
  readonly language: string;
  /** The file that the first line names. */
  readonly file: string;
  readonly code: string;
}

const blocks = files
  .filter((file) => /\.md$|^llms\.txt$/.test(file) && !(file in TESTED_ELSEWHERE))
  .flatMap((page): Block[] =>
    [...read(page).matchAll(/^```(js|ts|tsx|jsx)\n([\s\S]*?)^```/gm)].map(([, language = "", code = ""]) => ({
      page,
      language,
      file: /^\/\/ ([\w./-]+\.(?:[cm]?js|tsx?))\b/.exec(code)?.[1] ?? "",
      code,
    })),
  )
  // Next's own are compiled by test/docs/next.test.ts, and run by test/consumers.
  .filter(({ code }) => !/from "(?:@avantlink-s2s\/next|@\/)/.test(code));

/** Code without what a formatter decides: blanks, line ends, commas before a closing bracket. */
const bare = (code: string) => code.replace(/\s+/g, "").replace(/,(?=[)\]}])/g, "");

test("there is code in the docs", () => {
  expect(blocks.length).toBeGreaterThan(10);
});

test.each(blocks)("the code of $page in $file is cut from a file that is tested", ({ page, file, code }) => {
  expect(file, `${page}: the first line names no file:\n${code}`).not.toBe("");
  const body = bare(code.slice(code.indexOf("\n") + 1));
  const sources = PRINTED.filter((name) => name.endsWith(`/${file}`) || name === file);
  expect(sources, `${page}: ${file}`).not.toEqual([]);
  expect(
    sources.some((source) => bare(read(source)).includes(body)),
    `${page}: ${file} has not:\n${code}`,
  ).toBe(true);
});
