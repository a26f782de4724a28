import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { EXIT, type ExitCode } from "../../exit-codes.ts";
import { endpointOption, merchantOption, orderKeyFor } from "../../options/merchant-options.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { answerText, iso, nextTry, recordJson, timesSent } from "../../outbox/record-view.ts";
import { ago } from "../../terminal/durations.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

const EXIT_BY_STATUS = {
  delivered: EXIT.ok,
  pending: EXIT.unreachable,
  dead: EXIT.wrong,
  removed: EXIT.wrong,
} as const satisfies Record<string, ExitCode>;

/** `outbox find` */
export const findCommand = onAnOutbox(
  "find",
  "what became of an order: waiting, delivered, dead, removed or unknown",
  ["1001 --sqlite data/orders.db"],
)
  .argument("<order>", "the order number")
  .addOption(merchantOption)
  .addOption(endpointOption.hideHelp())
  .action((order, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson, sayFacts } = openTerminal({ json: options.json === true });
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
      const accepted = ["accepted", `${iso(record.acceptedAt)}, ${ago(record.acceptedAt)} ago`] as const;
      if (record.status === "pending") {
        sayFacts([
          ["order", `${shown} is waiting`],
          accepted,
          ["sent", timesSent(record)],
          ["last answer", answerText(record.lastAttempts.at(-1))],
          ["next try", nextTry(record)],
        ]);
      } else if (record.status === "dead") {
        sayFacts([
          ["order", `${shown} is a dead letter: it is not tried again by itself`],
          accepted,
          ["sent", timesSent(record)],
          ["given up", `${iso(record.diedAt)}, ${ago(record.diedAt)} ago`],
          [
            "reason",
            [record.reason.code, record.reason.errorKey].filter(Boolean).map(String).map(harmless).join(", "),
          ],
          ["next step", `avantlink-s2s outbox show ${shown}`],
        ]);
      } else {
        sayFacts([
          ["order", `${shown} was ${record.status}`],
          accepted,
          [record.status, `${iso(record.settledAt)}, ${ago(record.settledAt)} ago`],
        ]);
      }
      process.exitCode = EXIT_BY_STATUS[record.status];
    }),
  );
