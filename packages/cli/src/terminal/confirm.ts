import { confirm, isCancel } from "@clack/prompts";
import { CommandError, EXIT } from "../exit-codes.ts";

/**
 * Asks on the terminal, unless the answer was given as `--yes`. `verb` says what would happen without asking.
 * @throws CommandError without a terminal
 */
export async function isConfirmed(question: string, verb: string, yes: boolean): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    throw new CommandError(EXIT.usage, "No terminal to confirm in.", `Add --yes to ${verb} without asking.`);
  }
  const answer = await confirm({ message: question, initialValue: false, output: process.stderr });
  return !isCancel(answer) && answer;
}
