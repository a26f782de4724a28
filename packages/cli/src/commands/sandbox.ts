import { once } from "node:events";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { Command } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../exit-codes.ts";
import { wholeNumber } from "../options/numbers.ts";
import { openTerminal } from "../terminal/terminal.ts";

/** `sandbox`: a stand-in for AvantLink, until Ctrl-C. */
export const sandboxCommand = new Command("sandbox")
  .description("runs a stand-in for AvantLink on this machine, with a page that shows what arrives")
  .option("--port <number>", "the TCP port; 0 takes a free one", wholeNumber(0, 65_535), 4010)
  .option("--host <address>", "the address to listen on; this machine's own only", "127.0.0.1")
  .option("--json", "print where it listens as JSON, for scripts")
  .addHelpText(
    "after",
    `
Examples:
  $ avantlink-s2s sandbox
  $ avantlink-s2s sandbox --port 0 --json
`,
  )
  .action(async ({ port, host, json }) => {
    const terminal = openTerminal({ json: json === true });
    const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
    const sandbox = await startSandbox({ port, host }).catch((cause: unknown) => {
      throw new CommandError(
        EXIT.unreachable,
        cause instanceof Error ? cause.message : String(cause),
        "",
        cause,
      );
    });
    terminal.sayJson({ url: sandbox.url });
    terminal.say(
      `The sandbox listens at ${terminal.emphasise("strong", sandbox.url)}; open it in a browser.`,
    );
    terminal.say(
      `Start the shop with AVANTLINK_ENDPOINT=${sandbox.url} and any UUID as AVANTLINK_MERCHANT_ID.`,
    );
    terminal.say("Ctrl-C ends it.");
    await stopped;
    await sandbox.close();
    terminal.note(`${sandbox.orders.length} orders and ${sandbox.clicks.length} clicks were taken.`);
  });
