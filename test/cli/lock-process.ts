import { existsSync, writeFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { onlyProcess } from "../../packages/cli/src/sending/only-process.ts";

/** What is asked of a process that takes locks, and lets go of none. */
export interface LockRequest {
  /** Taken one after another, each in the same instant as the other process takes it. */
  readonly paths: readonly string[];
  readonly me: string;
  readonly other: string | undefined;
}

/** Which of them it holds. */
export interface LockAnswer {
  readonly kind: "holds";
  readonly paths: readonly string[];
}

function isMine(path: string, me: string, other: string | undefined): boolean {
  writeFileSync(`${path}.${me}`, "");
  while (other !== undefined && !existsSync(`${path}.${other}`));
  try {
    onlyProcess(path);
    return true;
  } catch {
    return false;
  }
}

process.on("message", ({ paths, me, other }: LockRequest) => {
  const held = paths.filter((path) => isMine(path, me, other));
  // What lets go of them was dropped; that alone must not let go.
  setFlagsFromString("--expose-gc");
  runInNewContext("gc")();
  process.send?.({ kind: "holds", paths: held } satisfies LockAnswer);
});
