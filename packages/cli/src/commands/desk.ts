import { once } from "node:events";
import { startDesk } from "../desk/desk-server.ts";
import { outboxPage } from "../desk/outbox-page.ts";
import { merchantOption, orderKeyFor } from "../options/merchant-options.ts";
import { wholeNumber } from "../options/numbers.ts";
import type { OutboxOptions } from "../options/outbox-options.ts";
import { shellWord } from "../terminal/wording.ts";
import { onOutbox, outboxCommand } from "./outbox-command.ts";

/** `desk`: a page over the outbox, until Ctrl-C. */
export const deskCommand = outboxCommand(
  "desk",
  "shows an outbox in the browser: what waits, what is dead, what became of an order; reads only",
  ["--sqlite data/orders.db", "--postgres postgres://localhost/shop --port 4020"],
)
  .addOption(merchantOption)
  .option("--port <number>", "the TCP port; 0 takes a free one", wholeNumber(0, 65_535), 0)
  .action(
    onOutbox(async ({ terminal: { say, sayJson, emphasise }, ...opened }, options) => {
      const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
      const keyOf = options.merchant?.trim() ? orderKeyFor(options) : undefined;
      const page = outboxPage(opened, { keyOf, options: optionsText(options) });
      const desk = await startDesk(page, options.port);
      sayJson({ url: desk.url });
      say(`The desk is at ${emphasise("strong", desk.url)}; open it in a browser.`);
      say("Anybody with this address can read the orders. It is valid until Ctrl-C.");
      await stopped;
      await desk.close();
    }),
  );

/** The options that name the outbox again in a copied command; a password stays out of it. */
function optionsText(given: OutboxOptions): string {
  const { sqlite, redis, postgres, queue, schema } = given;
  const words = Object.entries({ sqlite, redis, postgres, queue, schema }).filter(
    ([, value]) => value !== undefined && !/^\w+:\/\/(?:[^/]*@|.*\?)/.test(value),
  );
  return words.map(([name, value]) => `--${name} ${shellWord(value ?? "")}`).join(" ");
}
