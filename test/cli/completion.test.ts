import { expect, test } from "vitest";
import { runCommand } from "../support/command-line.ts";

/** What the scripts ask: a word and its description a line, and how to go on at the end. */
async function candidates(...words: string[]): Promise<readonly (string | undefined)[]> {
  const { stdout } = await runCommand(["complete", "--", ...words]);
  return stdout
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(":"))
    .map((line) => line.split("\t")[0]);
}

test("Tab completes commands, their subcommands and options, and the values that an option allows", {
  timeout: 60_000,
}, async () => {
  expect(await candidates("b")).toEqual(["backfill"]);
  expect(await candidates("outbox", "f")).toEqual(["find", "forget"]);
  expect(await candidates("outbox", "list", "--fail")).toEqual(["--fail-if-dead", "--fail-if-older"]);
  expect(await candidates("backfill", "--format", "")).toEqual(["csv", "ndjson"]);
});

test.each(["bash", "zsh", "fish"])("the script for %s is printed", async (shell) => {
  const { code, stdout } = await runCommand(["completion", shell]);
  expect(code).toBe(0);
  expect(stdout).toContain("avantlink-s2s complete --");
});
