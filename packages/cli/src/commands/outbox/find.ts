import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { EXIT } from "../../exit-codes.ts";
import { orderKeyFor } from "../../options/merchant-options.ts";
import { recordFacts, recordJson, shortKey } from "../../outbox/record-view.ts";
import { harmless } from "../../terminal/terminal.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

const ENDINGS = {
  delivered: ["was delivered", EXIT.ok],
  pending: ["is waiting", EXIT.unreachable],
  dead: ["is a dead letter: it is not tried again by itself", EXIT.wrong],
  removed: ["was removed", EXIT.wrong],
} as const;

/** `outbox find` */
export const findCommand = commandOnOutbox(
  "outbox find",
  "what became of an order: waiting, delivered, dead, removed or unknown",
  ["1001 --sqlite data/orders.db"],
)
  .argument("<order>", "the order number")
  .action(
    onOutbox(async ({ outbox, same, terminal: { say, sayJson, sayFacts } }, order, options) => {
      const orderNumber = wireOrderNumber(order);
      const record = await outbox.find(orderKeyFor(options)(orderNumber));
      const shown = harmless(orderNumber);
      if (record === undefined) {
        sayJson({ orderNumber, status: "unknown" });
        say(`Order ${shown} is unknown: this outbox never accepted it for this merchant.`);
        process.exitCode = EXIT.unknown;
        return;
      }
      sayJson(recordJson(record, orderNumber));
      const [is, exit] = ENDINGS[record.status];
      sayFacts([["order", `${shown} ${is}`], ...recordFacts(record)]);
      if (record.status === "dead") say(`Next step: avantlink-s2s outbox show ${shortKey(record)}${same}`);
      process.exitCode = exit;
    }),
  );
