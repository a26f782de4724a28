import { parseArgs } from "node:util";

const CTRL_C = 3;

/** Resolves at Ctrl-C or another signal to end. Package managers pass Ctrl-C on a second time; once is enough. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve());
  });
}

/** Whether a person is at the terminal and may want to look around afterwards. */
export function staysOpen(): boolean {
  const { values } = parseArgs({ options: { once: { type: "boolean" } } });
  const inCi = !["", "0", "false"].includes(process.env.CI ?? "");
  return values.once !== true && !inCi && process.stdin.isTTY && process.stdout.isTTY;
}

/**
 * Resolves when the person at the terminal types Ctrl-C, or the process is asked to end otherwise. The key itself is
 * read: as a signal it would end every program between the terminal and this one at once, and the package manager
 * would call that a failure.
 */
export async function untilCtrlC(interrupted: Promise<void>): Promise<void> {
  const keys = process.stdin.setRawMode(true);
  const pressed = new Promise<void>((resolve) => {
    keys.on("end", resolve).on("data", (typed) => {
      if (typed.includes(CTRL_C)) resolve();
    });
  });
  try {
    await Promise.race([pressed, interrupted]);
  } finally {
    keys.setRawMode(false).destroy();
  }
}
