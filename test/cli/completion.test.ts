import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { SHELLS } from "../../packages/cli/src/completion/shell-scripts.ts";
import { runCommand } from "../support/command-line.ts";

async function candidates(...words: string[]): Promise<readonly string[]> {
  const { stdout } = await runCommand(["__complete", "--", ...words]);
  return stdout.split("\n").filter(Boolean);
}

describe("Tab completes", () => {
  test("commands, their subcommands and options, and the values that an option allows", async () => {
    expect(await candidates("b")).toEqual(["backfill"]);
    expect(await candidates("outbox", "f")).toEqual(["find", "forget"]);
    expect(await candidates("outbox", "list", "--fail")).toEqual(["--fail-if-dead", "--fail-if-older"]);
    expect(await candidates("backfill", "--format", "")).toEqual(["csv", "ndjson"]);
  });

  test("files where a path is expected, by naming nothing itself", async () => {
    expect(await candidates("outbox", "stats", "--sqlite", "")).toEqual([]);
  });

  test("no command that is for the scripts only", async () => {
    expect(await candidates("")).not.toContain("__complete");
  });
});

test.each(SHELLS)("the script for %s is printed", async (shell) => {
  const { code, stdout } = await runCommand(["completion", shell]);
  expect(code).toBe(0);
  expect(stdout).toContain("avantlink-s2s __complete --");
});

test("the script for bash completes in a real bash", async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = join(folder, "completion.sh");
  await writeFile(script, (await runCommand(["completion", "bash"])).stdout);
  const typed = `source ${script}; avantlink-s2s() { printf "%s " "$@"; }; COMP_WORDS=(avantlink-s2s outbox li); COMP_CWORD=2; _avantlink_s2s; echo "\${COMPREPLY[0]}"`;
  expect(execFileSync("bash", ["-c", typed], { encoding: "utf8" }).trim()).toBe("__complete -- outbox li");
});
