#!/usr/bin/env node
import { AvantLinkError } from "@avantlink-s2s/core";
import { CommanderError } from "commander";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { program } from "./program.ts";
import { openTerminal } from "./terminal/terminal.ts";

// The reader of our output has ended, as in `… | head`.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
});
process.exitCode = await run();

async function run(): Promise<ExitCode> {
  try {
    await program.parseAsync();
    return (process.exitCode as ExitCode | undefined) ?? EXIT.ok;
  } catch (error) {
    // The help or the version that was asked for.
    if (error instanceof CommanderError && error.exitCode === 0) return EXIT.ok;
    return printError(error);
  }
}

function printError(error: unknown): ExitCode {
  const { note, emphasise } = openTerminal({ json: false });
  const { exit, help } = endingOf(error);
  const message = error instanceof Error ? error.message.replace(/^error: /, "") : String(error);
  if (process.argv.includes("--json")) note(JSON.stringify({ error: { message, help, exit } }));
  // Commander has printed its own errors for people.
  else if (!(error instanceof CommanderError))
    note(`${emphasise("bad", "error")} ${message}${help && `\n${help}`}`);
  return exit;
}

function endingOf(error: unknown): { readonly exit: ExitCode; readonly help: string } {
  if (error instanceof CommandError) return error;
  if (error instanceof CommanderError)
    return { exit: EXIT.usage, help: "Use --help to see the command's options." };
  if (!(error instanceof AvantLinkError)) return { exit: EXIT.wrong, help: "" };
  const isOutbox = error.code.startsWith("outbox.");
  return {
    exit: isOutbox ? EXIT.unreachable : error.code === "config.invalid" ? EXIT.usage : EXIT.wrong,
    help: error.help,
  };
}
