import { type DeadLetter, type Outbox, toOrderPayload } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { givenOrder } from "../files/given-order.ts";
import { parseJson, readText } from "../files/read-file.ts";
import { harmless } from "../terminal/terminal.ts";
import { contextIn, retryLetter } from "./dead-letters.ts";

/** An order that can replace a dead letter. */
export interface CorrectedOrder {
  readonly orderNumber: string;
  /** The JSON to be sent. */
  readonly body: string;
}

/** Reads a corrected order and maps it again, in the context that was kept with the letter. */
export async function readCorrected(file: string, letter: DeadLetter): Promise<CorrectedOrder> {
  const { order } = givenOrder(parseJson(await readText(file), file));
  const kept = contextIn(letter);
  const anyId = kept.avad || kept.visitorIds?.length || kept.userIds?.length || order?.customer?.id;
  // AvantLink refuses an order without an ID, so such an order gets a random visitor ID.
  const context = anyId ? kept : { ...kept, visitorIds: [systemRuntime.uuid()] };
  const mapped = toOrderPayload(order, context);
  if (!mapped.ok)
    throw new CommandError(EXIT.wrong, mapped.error.message, "Nothing was sent. Correct the file.");
  return { orderNumber: mapped.payload.order.order_number, body: JSON.stringify(mapped.payload) };
}

/** Replaces a dead letter by a corrected order. Returns the new key, which differs only if the letter had no number. */
export async function replace(
  outbox: Outbox,
  letter: DeadLetter,
  corrected: CorrectedOrder,
  keyOf: (orderNumber: string) => string,
): Promise<string> {
  const number = letter.orderNumber;
  if (number === corrected.orderNumber) {
    await retryLetter(outbox, letter, corrected.body);
    return letter.key;
  }
  if (letter.kind === "order" || letter.key === keyOf(number)) {
    throw new CommandError(
      EXIT.wrong,
      `The file is order ${harmless(corrected.orderNumber)}, but this dead letter is order ${harmless(number)}. The order number can't be changed here.`,
      "Track another order by itself.",
    );
  }
  const { orderNumber, body } = corrected;
  const key = keyOf(orderNumber);
  const job = { key, kind: "order", orderNumber, body, acceptedAt: systemRuntime.now() } as const;
  const put = await outbox.put(job);
  if (put.status === "duplicate") {
    throw new CommandError(
      EXIT.wrong,
      `An order with this number was accepted before (${put.state}); it is not sent again.`,
      "If that is the same order, remove the dead letter.",
    );
  }
  // The corrected order is stored: a letter that is gone by now changes nothing.
  await outbox.dead.remove(letter.key);
  return key;
}
