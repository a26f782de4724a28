import { once } from "node:events";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { EXIT } from "../../packages/cli/src/exit-codes.ts";
import { runCommand, startCommand } from "../support/command-line.ts";

const page = readFileSync(fileURLToPath(new URL("../../packages/cli/README.md", import.meta.url)), "utf8");

test("the help names every command, and asking for it is no error", async () => {
  const { code, stdout } = await runCommand(["--help"]);
  for (const command of ["sandbox", "doctor", "validate", "outbox", "backfill"])
    expect(stdout).toContain(command);
  expect(code).toBe(0);
});

test("the help and the page give the meaning of every exit code", async () => {
  const { stdout } = await runCommand(["--help"]);
  for (const code of Object.values(EXIT)) {
    expect(stdout).toMatch(new RegExp(`^ +${code} `, "m"));
    expect(page).toMatch(new RegExp(`^\\| ${code} +\\|`, "m"));
  }
});

test.each([
  "sandbox",
  "doctor",
  "validate",
  "backfill",
  "outbox list",
  "outbox show",
  "outbox retry",
  "outbox remove",
  "outbox stats",
  "outbox export",
])("the page and the help show %s by example, with options that it has", async (command) => {
  const examples = [...page.matchAll(/^npx avantlink-s2s (.+)$/gm)]
    .map(([, line = ""]) => line)
    .filter((line) => `${line} `.startsWith(`${command} `));
  expect(examples.length).toBeGreaterThan(0);
  const { stdout } = await runCommand([...command.split(" "), "--help"]);
  expect(stdout).toMatch(new RegExp(`^ +\\$ .*avantlink-s2s ${command}\\b`, "m"));
  for (const [option] of examples.join(" ").matchAll(/--[a-z-]+/g)) expect(stdout).toContain(option);
});

test.each(["doctor", "backfill", "outbox deliver", "outbox retry"])(
  "the help of %s shows where AvantLink's address comes from",
  async (command) => {
    const { stdout } = await runCommand([...command.split(" "), "--help"]);
    expect(stdout).toMatch(/--endpoint <url>[\s\S]+AVANTLINK_ENDPOINT/);
  },
);

test.each([["nonsense"], ["outbox", "nonsense"], ["sandbox", "--port", "x"], ["validate", "a", "b"], []])(
  "wrong use (%s %s %s) ends with its own exit code",
  async (...args) => {
    expect((await runCommand(args.filter((arg) => arg !== undefined))).code).toBe(EXIT.usage);
  },
);

test("no color is written where no terminal is", async () => {
  const { stdout, stderr } = await runCommand(["doctor", "--endpoint", "http://127.0.0.1:1"]);
  expect(stdout + stderr).not.toContain("\u001b");
  const forced = await runCommand(["doctor", "--endpoint", "http://127.0.0.1:1"], {
    env: { FORCE_COLOR: "1" },
  });
  expect(forced.stdout).toContain("\u001b[");
});

test("an error is JSON where JSON was asked for", async () => {
  const { stdout, stderr } = await runCommand(["outbox", "stats", "--sqlite", "none.db", "--json"]);
  expect(stdout).toBe("");
  expect(JSON.parse(stderr)).toMatchObject({ error: { exit: EXIT.usage } });
});

test("the sandbox runs until Ctrl-C", async () => {
  const sandbox = startCommand(["sandbox", "--port", "0", "--json"]);
  const [chunk] = await once(sandbox.process.stdout ?? expect.unreachable(), "data");
  const { url }: { url: string } = JSON.parse(String(chunk));
  const answer = await fetch(url);
  expect(answer.status).toBe(200);
  await answer.body?.cancel();
  sandbox.process.kill("SIGINT");
  expect((await sandbox.finished).code).toBe(EXIT.ok);
});
