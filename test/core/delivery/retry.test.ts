import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Outcome, readAnswer } from "../../../packages/core/src/delivery/answer.ts";
import {
  type AttemptState,
  pauseAsked,
  verdictOn,
  waitUntil,
} from "../../../packages/core/src/delivery/retry.ts";

const DAY = 86_400_000;
const policy = { maxAgeMs: 7 * DAY, baseDelayMs: 1000, maxDelayMs: 900_000 };
const NOW = Date.UTC(2026, 10, 22, 12);
const state = (changes: Partial<AttemptState> = {}): AttemptState => ({
  attempts: 0,
  acceptedAt: NOW,
  now: NOW,
  random: 0.5,
  ...changes,
});
/** An answer without a body, whose reason is short. */
function answered(status: number, retryAfter?: string): Outcome {
  const outcome = readAnswer({ status, body: "", retryAfter });
  return outcome.kind === "answered" ? { ...outcome, reason: `HTTP ${status}`, words: undefined } : outcome;
}

describe("what an answer means", () => {
  test.each([
    [200, '{"success": true}', "delivered"],
    [201, '{"success":true,"id":7}', "delivered"],
    [200, '{"success": "true"}', "answered"],
    [200, '{"success": false}', "answered"],
    [200, "", "answered"],
    [200, "<html>ok</html>", "answered"],
    [200, "null", "answered"],
    [200, "[true]", "answered"],
    [302, '{"success": true}', "answered"],
    [500, '{"success": true}', "answered"],
  ])("%i %s is %s", (status, body, kind) => {
    expect(readAnswer({ status, body }).kind).toBe(kind);
  });

  test("a byte-order mark before the JSON changes nothing", () => {
    expect(readAnswer({ status: 200, body: '\uFEFF{"success": true}' })).toEqual({ kind: "delivered" });
  });

  test("AvantLink's key and a phrase that is known are printed", () => {
    const error = "You must provide at least one tracking id in order to generate a episode_id.";
    const body = JSON.stringify({ error, error_key: "a.b_c.blank", exception: "X" });
    expect(readAnswer({ status: 400, body })).toEqual({
      kind: "answered",
      status: 400,
      isRefused: true,
      errorKey: "a.b_c.blank",
      reason: `AvantLink answered 400 (a.b_c.blank): ${error.slice(0, -1)}`,
      words: error,
    });
  });

  test("AvantLink's other words may repeat what was sent: they are kept apart from what is printed", () => {
    const body = JSON.stringify({ error: "Jane Doe of 203.0.113.7 is unknown", error_key: "user.unknown" });
    expect(readAnswer({ status: 400, body })).toMatchObject({
      reason: "AvantLink answered 400 (user.unknown)",
      words: "Jane Doe of 203.0.113.7 is unknown",
    });
  });

  test("an e-mail address that AvantLink repeats is kept nowhere", () => {
    const body =
      '{"error":"user_id jane@doe.com (jane%40doe.com) is unknown","error_key":"user.jane@doe.com"}';
    expect(readAnswer({ status: 400, body }).kind).toBe("answered");
    expect(JSON.stringify(readAnswer({ status: 400, body }))).not.toMatch(/jane|doe/);
  });

  test.each(["8015550123", "+1 801 555 0123", "jane doe", "user.8015550123", "a..b", "", ".".repeat(500)])(
    "%j is no error_key, and is not printed",
    (error_key) => {
      const answer = readAnswer({ status: 400, body: JSON.stringify({ error_key }) });
      expect(answer).toMatchObject({ reason: "AvantLink answered 400", errorKey: undefined });
    },
  );
});

describe("what becomes of an order after an attempt", () => {
  test.each([400, 413, 415, 422])("%i is about this body: a dead letter at once", (status) => {
    expect(verdictOn(answered(status), state(), policy)).toMatchObject({
      status: "dead",
      reason: { code: "delivery.refused", status },
    });
  });

  test.each([200, 204, 301, 302, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504])(
    "%i is tried again",
    (status) => {
      expect(verdictOn(answered(status), state(), policy).status).toBe("retry");
    },
  );

  test.each([
    [0, 500],
    [1, 1000],
    [3, 4000],
    [9, 256_000],
    [10, 450_000],
    [1000, 450_000],
  ])("after %i attempts half of chance waits %i ms", (attempts, delay) => {
    expect(verdictOn(answered(500), state({ attempts }), policy)).toEqual({
      status: "retry",
      at: NOW + delay,
      counted: true,
      reason: "HTTP 500",
    });
  });

  test.each([
    ["1", 1_000],
    ["120", 120_000],
    ["Sun, 22 Nov 2026 12:10:00 GMT", 600_000],
    ["Sunday, 22-Nov-26 12:10:00 GMT", 600_000],
    ["Sun Nov 22 12:10:00 2026", 600_000],
    ["999999999", DAY],
  ])(
    "Retry-After: %s is kept to, costs no attempt, and does not bring all back at once",
    (retryAfter, pause) => {
      const at = (random: number) =>
        verdictOn(answered(503, retryAfter), state({ attempts: 5, random }), policy);
      expect(at(0)).toMatchObject({ status: "retry", at: NOW + pause, counted: false });
      const spread = Math.min(pause, 10_000);
      expect(at(0.5)).toMatchObject({ status: "retry", at: NOW + pause + spread / 2, counted: false });
    },
  );

  test.each(["soon", "1.5", "0", "-5", "Sun, 22 Nov 2026 11:00:00 GMT", "2026-11-22T13:00:00Z", ""])(
    "Retry-After: %j asks for no wait, so the attempt counts and the usual back-off grows",
    (retryAfter) => {
      expect(verdictOn(answered(503, retryAfter), state(), policy)).toMatchObject({
        at: NOW + 500,
        counted: true,
      });
      expect(verdictOn(answered(503, retryAfter), state({ attempts: 5 }), policy)).toMatchObject({
        at: NOW + 16_000,
      });
    },
  );

  test("a 429 costs no attempt, with or without Retry-After", () => {
    expect(verdictOn(answered(429), state(), policy)).toMatchObject({ status: "retry", counted: false });
  });

  test.each([
    [answered(429), 30_000],
    [answered(503, "7"), 7_000],
    [answered(503), undefined],
    [answered(422, "7"), undefined],
    [{ kind: "failed", reason: "", mayHaveArrived: true } as const, undefined],
    [{ kind: "delivered" } as const, undefined],
  ])("%o asks all deliveries to pause for %s ms", (outcome, pause) => {
    expect(pauseAsked(outcome, NOW)).toBe(pause);
  });

  test("an order that waits for a pause to end comes back after it, spread out, and loses no attempt", () => {
    const until = (random: number) =>
      waitUntil(NOW + 60_000, "paused", state({ attempts: 3, random }), policy);
    expect(until(0)).toEqual({ status: "retry", at: NOW + 60_000, counted: false, reason: "paused" });
    expect(until(0.5)).toMatchObject({ at: NOW + 65_000 });
  });

  test("after seven days it is a dead letter, and not before a last attempt at their end", () => {
    const nearEnd = state({ now: NOW + 7 * DAY - 10, attempts: 50 });
    expect(verdictOn(answered(500), nearEnd, policy)).toMatchObject({ status: "retry", at: NOW + 7 * DAY });
    expect(verdictOn(answered(500), state({ now: NOW + 7 * DAY }), policy)).toMatchObject({
      status: "dead",
      reason: { code: "delivery.expired", status: 500 },
    });
    expect(verdictOn({ kind: "delivered" }, state({ now: NOW + 8 * DAY }), policy)).toEqual({
      status: "delivered",
    });
  });

  test("a retry lies ahead and within bounds, whatever was answered", () => {
    const outcome = fc.record({
      kind: fc.constant("answered" as const),
      status: fc.integer({ min: 200, max: 599 }),
      isRefused: fc.boolean(),
      reason: fc.string(),
      retryAfter: fc.option(fc.oneof(fc.string(), fc.nat().map(String)), { nil: undefined }),
    });
    const at = fc.record({
      attempts: fc.nat(5000),
      age: fc.nat(8 * DAY),
      random: fc.double({ min: 0, max: 0.999, noNaN: true }),
    });
    fc.assert(
      fc.property(outcome, at, (given, { attempts, age, random }) => {
        const verdict = verdictOn(given, { attempts, random, acceptedAt: NOW - age, now: NOW }, policy);
        if (verdict.status !== "retry") return;
        expect(verdict.at).toBeGreaterThanOrEqual(NOW);
        expect(verdict.at).toBeLessThanOrEqual(NOW - age + 7 * DAY);
        // An order that seems to come from the future, since the clock was set back, waits no longer than any other.
        const late = verdictOn(given, { attempts, random, acceptedAt: NOW + age, now: NOW }, policy);
        expect(late).toMatchObject({ status: "retry" });
        expect("at" in late && late.at).toBeLessThanOrEqual(NOW + DAY + 10_000);
      }),
    );
  });
});
