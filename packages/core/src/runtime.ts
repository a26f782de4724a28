import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** Clock, randomness and timers: the only globals that decide when something happens, so that tests can hold them. */
export interface Runtime {
  /** Milliseconds since 1970. */
  now(): number;
  /** A number from 0 to 1, 1 excluded. */
  random(): number;
  /** A fresh random UUID. */
  uuid(): string;
  /**
   * Calls back once, `ms` from now, and gives a function that calls it off. A timer does not keep the process
   * alive unless `keepAlive` is set, as it is while a caller waits for an answer.
   */
  after(ms: number, callback: () => void, options?: { readonly keepAlive?: boolean }): () => void;
  /**
   * Whether the host stops work when the request that began the work is over, as Cloudflare Workers do: a promise may
   * then never end. @default false
   */
  readonly stopsWork?: boolean | undefined;
}

// A longer delay would overflow the timer and fire at once.
const MAX_TIMER_MS = 2 ** 31 - 1;

// Taken when the module loads: a shop's test suite may put fake timers in their place, and an order that waits for a
// timer nobody turns would never be sent.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;
const { now } = Date;

/** The process's own clock and randomness. */
export const systemRuntime: Runtime = {
  now: () => now(),
  random: () => Math.random(),
  uuid: () => crypto.randomUUID(),
  after(ms, callback, options) {
    const timer = startTimer(callback, Math.min(Math.max(ms, 0), MAX_TIMER_MS));
    // On the edge runtime a timer is a number.
    if (options?.keepAlive !== true && typeof timer === "object") timer.unref?.();
    return () => stopTimer(timer);
  },
  stopsWork: globalThis.navigator?.userAgent === "Cloudflare-Workers",
};

/** What became of a promise within a time, or `"late"`. The promise itself goes on. */
export async function within<T>(
  promise: Promise<T>,
  ms: number,
  runtime: Runtime,
): Promise<{ readonly value: T } | "late"> {
  let cancel = () => {};
  const late = new Promise<"late">((resolve) => {
    cancel = runtime.after(ms, () => resolve("late"), { keepAlive: true });
  });
  try {
    return await Promise.race([promise.then((value) => ({ value })), late]);
  } finally {
    cancel();
  }
}

const hash = nodeHash();

/** Node's own hash takes a fraction of the time of one in JavaScript. An edge runtime's own hash is asynchronous. */
function nodeHash() {
  try {
    return globalThis.process?.getBuiltinModule?.("node:crypto")?.hash;
  } catch {
    // Next's edge runtime has this method only to throw.
    return undefined;
  }
}

/** SHA-256 in lower-case hex of the text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return hash ? hash("sha256", text) : bytesToHex(sha256(utf8ToBytes(text)));
}
