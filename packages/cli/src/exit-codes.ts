/** The exit codes, for scripts. */
export const EXIT = {
  ok: 0,
  /** Something is wrong: an order, a check, a delivery. */
  wrong: 1,
  /** The command was used wrongly. */
  usage: 2,
  /** A file, an outbox or AvantLink can't be reached, or orders are waiting. The same command may succeed later. */
  unreachable: 3,
  /** The outbox has never seen the order. */
  unknown: 4,
  /** Stopped by Ctrl-C with work left; the same command goes on with it. */
  interrupted: 130,
} as const;

/** A way for a command to end. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends a command with a message for people. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exit: ExitCode;
  /** What to do about it. */
  readonly help: string;

  constructor(exit: ExitCode, message: string, help = "", cause?: unknown) {
    super(message, { cause });
    this.exit = exit;
    this.help = help;
  }
}
