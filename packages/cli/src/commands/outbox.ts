import { Command } from "@commander-js/extra-typings";
import { deliverCommand } from "./outbox/deliver.ts";
import { forgetCommand, removeCommand } from "./outbox/erase.ts";
import { exportCommand } from "./outbox/export.ts";
import { findCommand } from "./outbox/find.ts";
import { listCommand } from "./outbox/list.ts";
import { retryCommand } from "./outbox/retry.ts";
import { showCommand } from "./outbox/show.ts";
import { statsCommand } from "./outbox/stats.ts";

/** `outbox`: for the person on call. */
export const outboxCommand = new Command("outbox")
  .description("shows what became of orders, and delivers, corrects, exports or removes them")
  .addHelpText(
    "after",
    `
While AvantLink is down, and after:
  $ export AVANTLINK_OUTBOX=sqlite:data/orders.db AVANTLINK_MERCHANT_ID=…
  $ avantlink-s2s outbox stats               what waits, since when, and AvantLink's last answer
  $ avantlink-s2s outbox find 1001           what became of one order
  $ avantlink-s2s outbox deliver             delivers what waits; a running shop does it by itself
  $ avantlink-s2s outbox retry --all --send  delivers the dead letters`,
  )
  .addCommand(findCommand)
  .addCommand(listCommand)
  .addCommand(statsCommand)
  .addCommand(showCommand)
  .addCommand(deliverCommand)
  .addCommand(retryCommand)
  .addCommand(removeCommand)
  .addCommand(forgetCommand)
  .addCommand(exportCommand);
