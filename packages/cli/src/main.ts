#!/usr/bin/env node
import { AvantLinkError } from "@avantlink-s2s/core";
import { CommanderError } from "commander";
import { CommandError, EXIT, type ExitCode } from "./exit-codes.ts";
import { program } from "./program.ts";
import { openTerminal } from "./terminal/terminal.ts";

// Whoever read along has had enough, as in `… | head`.
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
    // Commander has said what was wrong, or shown the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return tell(error);
  }
}

function tell(error: unknown): ExitCode {
  const { note, emphasise } = openTerminal({ json: false });
  const { exit, help } = endingOf(error);
  const message = error instanceof Error ? error.message : String(error);
  if (process.argv.includes("--json")) note(JSON.stringify({ error: { message, help, exit } }));
  else note(`${emphasise("bad", "error")} ${message}${help && `\n${help}`}`);
  return exit;
}

function endingOf(error: unknown): { readonly exit: ExitCode; readonly help: string } {
  if (error instanceof CommandError) return error;
  if (!(error instanceof AvantLinkError)) return { exit: EXIT.wrong, help: "" };
  const out = error.code.startsWith("outbox.");
  return {
    exit: out ? EXIT.unreachable : error.code === "config.invalid" ? EXIT.usage : EXIT.wrong,
    help: error.help,
  };
}
