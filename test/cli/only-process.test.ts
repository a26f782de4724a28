import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { onlyProcess } from "../../packages/cli/src/sending/only-process.ts";
import { startChild } from "../support/child.ts";
import type { LockAnswer, LockRequest } from "./lock-process.ts";

const ROUNDS = 100;

async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-lock-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

function aProcess() {
  const child = startChild<LockRequest, LockAnswer>(new URL("./lock-process.ts", import.meta.url), {});
  onTestFinished(() => child.kill());
  return child;
}

/** A file as a process leaves it that is killed while it has the lock. */
async function leftBehind(folder: string): Promise<string> {
  const path = join(folder, "left");
  const killed = aProcess();
  killed.send({ paths: [path], me: "killed", other: undefined });
  expect((await killed.next("holds")).paths).toEqual([path]);
  expect(() => onlyProcess(path)).toThrow("already");
  await killed.kill();
  return path;
}

/** Which process got each lock, when two took each of them in the same instant. */
async function raceFor(paths: readonly string[]) {
  const [one, two] = [aProcess(), aProcess()];
  one.send({ paths, me: "one", other: "two" });
  two.send({ paths, me: "two", other: "one" });
  const [first, second] = await Promise.all([one.next("holds"), two.next("holds")]);
  return paths.map((path) => Number(first.paths.includes(path)) + Number(second.paths.includes(path)));
}

test("of two processes exactly one gets a lock", { timeout: 60_000 }, async () => {
  const folder = await aFolder();
  const paths = Array.from({ length: ROUNDS }, (_, round) => join(folder, `${round}`));
  expect(await raceFor(paths)).toEqual(paths.map(() => 1));
});

test("of two processes exactly one gets a lock that a killed one had", { timeout: 60_000 }, async () => {
  const folder = await aFolder();
  const left = await leftBehind(folder);
  const paths = Array.from({ length: ROUNDS }, (_, round) => join(folder, `${round}`));
  await Promise.all(paths.map((path) => copyFile(left, path)));
  expect(await raceFor(paths)).toEqual(paths.map(() => 1));
});

test("a lock is free when its process was killed, and taken only once within one process", async () => {
  const left = await leftBehind(await aFolder());
  const letGo = onlyProcess(left);
  expect(() => onlyProcess(left)).toThrow("already");
  letGo();
  onlyProcess(left)();
});
