import { type DeadLetter, type Outbox, toOrderPayload } from "@avantlink-s2s/core";
import { orderSummary, systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { givenOrder } from "../files/given-order.ts";
import { parseJson, readText } from "../files/read-file.ts";
import { harmless } from "../terminal/terminal.ts";
import { contextIn, retryLetter } from "./dead-letters.ts";

/**
 * Replaces a dead letter by the corrected order in a file, in the context that was kept with the letter. Returns the new
 * key, which differs only if the letter had no number.
 */
export async function correctLetter(
  outbox: Outbox,
  letter: DeadLetter,
  file: string,
  keyOf: (orderNumber: string) => string,
): Promise<string> {
  const { order } = givenOrder(parseJson(await readText(file), file));
  const kept = contextIn(letter);
  const anyId = kept.avad || kept.visitorIds?.length || kept.userIds?.length || order?.customer?.id;
  // AvantLink refuses an order without an ID, so such an order gets a random visitor ID.
  const mapped = toOrderPayload(order, anyId ? kept : { ...kept, visitorIds: [systemRuntime.uuid()] });
  if (!mapped.ok)
    throw new CommandError(EXIT.wrong, mapped.error.message, "Nothing was sent. Correct the file.");
  // The URLs were scrubbed when the letter was written, by the shop's own keepParameters.
  const { currentUrl = "", referrerUrl = "" } = kept;
  const payload = { ...mapped.payload, current_url: currentUrl, referrer_url: referrerUrl };
  const corrected = { body: JSON.stringify(payload), summary: orderSummary(payload) };
  const orderNumber = payload.order.order_number;
  if (letter.orderNumber === orderNumber) {
    await retryLetter(outbox, letter, corrected);
    return letter.key;
  }
  if (letter.kind === "order" || letter.key === keyOf(letter.orderNumber)) {
    throw new CommandError(
      EXIT.wrong,
      `The file is order ${harmless(orderNumber)}, but this dead letter is order ${harmless(letter.orderNumber)}. The order number can't be changed here.`,
      "Track another order by itself.",
    );
  }
  const key = keyOf(orderNumber);
  const acceptedAt = systemRuntime.now();
  const put = await outbox.put({ key, kind: "order", orderNumber, acceptedAt, ...corrected });
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
