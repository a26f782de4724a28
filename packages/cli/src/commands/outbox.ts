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
  .addCommand(findCommand)
  .addCommand(listCommand)
  .addCommand(statsCommand)
  .addCommand(showCommand)
  .addCommand(deliverCommand)
  .addCommand(retryCommand)
  .addCommand(removeCommand)
  .addCommand(forgetCommand)
  .addCommand(exportCommand);
