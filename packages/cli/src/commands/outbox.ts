import { Command } from "@commander-js/extra-typings";
import { exportCommand } from "./outbox/export.ts";
import { listCommand, showCommand, statsCommand } from "./outbox/look.ts";
import { removeCommand } from "./outbox/remove.ts";
import { retryCommand } from "./outbox/retry.ts";

/** `outbox`: what the person on call does with the orders that were given up. */
export const outboxCommand = new Command("outbox")
  .description("looks after the orders that could not be delivered")
  .addCommand(listCommand)
  .addCommand(showCommand)
  .addCommand(retryCommand)
  .addCommand(removeCommand)
  .addCommand(statsCommand)
  .addCommand(exportCommand);
