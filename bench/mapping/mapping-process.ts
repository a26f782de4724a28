// Maps one order after another, in a process that does nothing else.
import { toOrderPayload } from "@avantlink-s2s/core";
import { Bench } from "tinybench";
import { serve } from "../child-process.ts";
import { contextOf, orderOf, payloadByHand } from "../orders.ts";

// As many different ones as make it useless to remember any.
const ORDERS = 1_000;
const orders = Array.from({ length: ORDERS }, (_, number) => orderOf(number));
const contexts = Array.from({ length: ORDERS }, (_, number) => contextOf(number));
const payloads = orders.map((order, number) => {
  const result = toOrderPayload(order, contexts[number]);
  if (!result.ok) throw result.error;
  return result.payload;
});

/** Nanoseconds an order, each way. */
export interface MappingFigures {
  readonly stringify: number;
  readonly ours: number;
  readonly byHand: number;
}

async function measure(ms: number): Promise<MappingFigures> {
  const bench = new Bench({ time: ms, warmupTime: ms / 4, retainSamples: true });
  let length = 0;
  const all = (one: (number: number) => string) => () => {
    for (let number = 0; number < ORDERS; number += 1) length += one(number).length;
  };
  bench
    .add(
      "stringify",
      all((number) => JSON.stringify(payloads[number])),
    )
    .add(
      "ours",
      all((number) => {
        const result = toOrderPayload(orders[number] ?? orderOf(number), contexts[number]);
        return result.ok ? JSON.stringify(result.payload) : "";
      }),
    )
    .add(
      "byHand",
      all((number) =>
        JSON.stringify(payloadByHand(orders[number] ?? orderOf(number), contexts[number] ?? {})),
      ),
    );
  await bench.run();
  if (length === 0) throw new Error("Nothing was mapped.");
  const nanoseconds = (name: string) => {
    const result = bench.getTask(name)?.result;
    if (!result || !("latency" in result)) throw new Error(`${name} was not measured.`);
    return (result.latency.p50 * 1e6) / ORDERS;
  };
  return { stringify: nanoseconds("stringify"), ours: nanoseconds("ours"), byHand: nanoseconds("byHand") };
}

const methods = { measure };
export type MappingMethods = typeof methods;
serve(methods);
