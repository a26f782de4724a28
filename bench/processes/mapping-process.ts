// Maps orders in a process that does nothing else.
import { toOrderPayload } from "@avantlink-s2s/core";
import { serve } from "../frame/remote.ts";
import { contextOf, orderOf, payloadByHand } from "../orders.ts";

// So many that remembering results would not help.
const ORDERS = 1_000;
const inputs = Array.from({ length: ORDERS }, (_, number) => ({
  order: orderOf(number),
  context: contextOf(number),
}));
const payloads = inputs.map(({ order, context }) => {
  const result = toOrderPayload(order, context);
  if (!result.ok) throw result.error;
  return result.payload;
});

/** Microseconds an order, each way. */
export interface MappingTimes {
  readonly stringify: number;
  readonly ours: number;
  readonly byHand: number;
}

const WAYS: Readonly<Record<keyof MappingTimes, (number: number) => string>> = {
  stringify: (number) => JSON.stringify(payloads[number]),
  ours(number) {
    const { order, context } = inputs[number] ?? { order: orderOf(number), context: {} };
    const result = toOrderPayload(order, context);
    return result.ok ? JSON.stringify(result.payload) : "";
  },
  byHand(number) {
    const { order, context } = inputs[number] ?? { order: orderOf(number), context: {} };
    return JSON.stringify(payloadByHand(order, context));
  },
};

/** The length of what was made, so that no work can be left out. */
let length = 0;

function timeOf(way: (number: number) => string, ms: number): number {
  const started = performance.now();
  let mapped = 0;
  while (performance.now() - started < ms) {
    for (let number = 0; number < ORDERS; number += 1) length += way(number).length;
    mapped += ORDERS;
  }
  return ((performance.now() - started) * 1_000) / mapped;
}

const methods = {
  measure(ms: number): MappingTimes {
    const times = {
      stringify: timeOf(WAYS.stringify, ms),
      ours: timeOf(WAYS.ours, ms),
      byHand: timeOf(WAYS.byHand, ms),
    };
    if (length === 0) throw new Error("No order was mapped.");
    return times;
  },
};

export type MappingMethods = typeof methods;
serve(methods);
