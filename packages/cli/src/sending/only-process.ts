import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { CommandError, EXIT } from "../exit.ts";
import { codeOf } from "../json-file.ts";

/**
 * Takes a lock that goes with this process: what another one left behind when it died is taken over. Returns what
 * lets go of it.
 * @throws CommandError while another process has it
 */
export function onlyProcess(path: string): () => void {
  for (;;) {
    try {
      writeFileSync(path, String(process.pid), { flag: "wx", mode: 0o600 });
      return () => rmSync(path, { force: true });
    } catch (cause) {
      if (codeOf(cause) !== "EEXIST") throw cause;
    }
    const owner = ownerOf(path);
    if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
      throw new CommandError(
        EXIT.usage,
        `Process ${owner} is sending this file already.`,
        `If that is some other program, delete ${path}.`,
      );
    }
    rmSync(path, { force: true });
  }
}

function ownerOf(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, "utf8"));
    return Number.isSafeInteger(pid) && pid > 0 ? pid : undefined;
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Somebody else's process is one too.
    return codeOf(cause) === "EPERM";
  }
}
