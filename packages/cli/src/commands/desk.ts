import { once } from "node:events";
import { startDesk } from "../desk/desk-server.ts";
import { outboxPage } from "../desk/outbox-page.ts";
import { orderKeyFor } from "../options/merchant-options.ts";
import { wholeNumber } from "../options/numbers.ts";
import { commandOnOutbox, onOutbox } from "./on-outbox.ts";

/** `desk`: a page over the outbox, until Ctrl-C. */
export const deskCommand = commandOnOutbox(
  "desk",
  "shows an outbox in the browser: what waits, what is dead, what became of an order; reads only",
  ["--sqlite data/orders.db", "--postgres postgres://localhost/shop --port 4020"],
)
  .option("--port <number>", "the TCP port; 0 takes a free one", wholeNumber(0, 65_535), 0)
  .action(
    onOutbox(async ({ same, terminal: { say, sayJson, emphasise }, ...opened }, options) => {
      const stopped = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
      const keyOf = options.merchant?.trim() ? orderKeyFor(options) : undefined;
      const page = outboxPage(opened, { keyOf, options: same.trim() });
      const desk = await startDesk(page, options.port);
      sayJson({ url: desk.url });
      say(`The desk is at ${emphasise("strong", desk.url)}; open it in a browser.`);
      say("Anybody with this address can read the orders. It is valid until Ctrl-C.");
      await stopped;
      await desk.close();
    }),
  );
