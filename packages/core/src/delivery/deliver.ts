import { AvantLinkError } from "../errors.ts";
import { describeForeign } from "../foreign-error.ts";
import type { Config, RetryPolicy } from "../options/config.ts";
import { orderKey } from "../order/order-key.ts";
import type { ClaimedJob, OutboxJob, Verdict } from "../outbox/outbox.ts";
import { RecentKeys } from "../recent-keys.ts";
import type { Report, WarnOnce } from "../reporting/report.ts";
import { within } from "../runtime.ts";
import { type Outcome, readAnswer } from "./answer.ts";
import type { DeliveryWaits } from "./delivery-waits.ts";
import { type AttemptState, pauseAsked, verdictOn, waitUntil } from "./retry.ts";
import { type Transport, TransportError } from "./transport.ts";

/** How many clicks are sent at a time, beside the orders. */
export const CLICK_CONCURRENCY = 4;

// While AvantLink cannot be reached, all slots together make at most 100 attempts a second: each attempt keeps its slot
// for this long, times the number of slots.
const MIN_UNREACHED_MS = 10;
// During a pause a slot holds its job this long before it gives the job back, so that the store is not kept busy.
const MAX_HOLD_MS = 500;
const CLICK_MAX_AGE_MS = 3_600_000;
// How long another merchant's order waits until it is due again, and its own tracker may be the first to see it.
const MIN_LEAVE_MS = 1_000;
const MAX_LEAVE_MS = 60_000;
const MAX_DIRECT = 10_000;
// How many orders may wait in memory for their direct delivery: both the outbox and AvantLink are in trouble then.
const MAX_WAITING = 1_000;
// Enough for the seconds between a delivery and the error of the put that had stored the order all the same.
const MAX_HANDED_OUT = 1_000;

/** What `health()` keeps of the deliveries. */
export interface DeliveryHealth {
  /** `endsFailure`: through the outbox, so that an earlier failure is over. */
  delivered(options: { readonly endsFailure: boolean }): void;
  failed(error: AvantLinkError): void;
}

/** Delivers jobs to AvantLink, one POST at a time, and decides what becomes of each. */
export type Delivery = ReturnType<typeof createDelivery>;

export function createDelivery(
  config: Config,
  transport: Transport,
  report: Report,
  health: DeliveryHealth,
  waits: DeliveryWaits,
  warnOnce: WarnOnce,
) {
  const { runtime, retry, concurrency } = config;
  const slots = concurrency + CLICK_CONCURRENCY;
  const clickRetry: RetryPolicy = { ...retry, maxAgeMs: CLICK_MAX_AGE_MS };
  // Shared by all slots: what AvantLink asks of one order holds for every order.
  let pause = { from: 0, until: 0, reason: "" };
  const direct = new RecentKeys<Promise<boolean>>(MAX_DIRECT);
  const handedOut = new RecentKeys<Promise<Verdict>>(MAX_HANDED_OUT);
  const directUnderWay = new Set<Promise<boolean>>();
  const waitingForSlot: (() => void)[] = [];
  let directSlotsTaken = 0;

  const wait = (ms: number) => new Promise<void>((resolve) => void runtime.after(ms, resolve));

  function stateOf({ attempts, acceptedAt }: ClaimedJob): AttemptState {
    return { attempts, acceptedAt, now: runtime.now(), random: runtime.random() };
  }

  /** One POST of a job. No job's attempt is spent while AvantLink has asked for a pause; then there is no outcome. */
  async function attempt(
    kind: "order" | "click",
    job: ClaimedJob,
    policy: RetryPolicy,
  ): Promise<{ readonly outcome?: Outcome; readonly verdict: Verdict }> {
    const left = pauseLeft();
    if (left > 0) {
      await wait(Math.min(left, MAX_HOLD_MS));
      const until = runtime.now() + pauseLeft();
      return { verdict: waitUntil(until, pause.reason, stateOf(job), policy) };
    }
    const startedAt = runtime.now();
    const outcome = await post(kind, job.body);
    if (outcome.kind === "failed" && !outcome.mayHaveArrived) {
      const spent = Math.max(0, runtime.now() - startedAt);
      await wait(Math.max(0, slots * MIN_UNREACHED_MS - spent));
    }
    return { outcome, verdict: verdictOn(outcome, stateOf(job), policy) };
  }

  /** A clock that was set back behind the pause's beginning ends the pause. */
  function pauseLeft(): number {
    const now = runtime.now();
    return now < pause.from ? 0 : Math.max(0, pause.until - now);
  }

  /** One POST. A pause that its answer asks for begins at once. */
  async function post(kind: "order" | "click", body: string): Promise<Outcome> {
    try {
      const answer = await transport.post({
        // Built at send time, so that a corrected endpoint heals what is waiting.
        url: `${config.endpoint}/merchants/${config.merchantId}/tracking/${kind}`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          "user-agent": config.userAgent,
        },
        body,
        timeoutMs: config.timeoutMs,
      });
      const outcome = readAnswer(answer);
      const asked = pauseAsked(outcome, runtime.now()) ?? 0;
      if (outcome.kind === "answered" && asked > pauseLeft()) {
        pause = { from: runtime.now(), until: runtime.now() + asked, reason: outcome.reason };
      }
      return outcome;
    } catch (cause) {
      return cause instanceof TransportError
        ? { kind: "failed", reason: cause.message, mayHaveArrived: cause.mayHaveArrived }
        : { kind: "failed", reason: `Sending failed: ${describeForeign(cause)}`, mayHaveArrived: true };
    }
  }

  function delivered(kind: "order" | "click", { key, orderNumber, attempts, acceptedAt }: ClaimedJob): void {
    const afterMs = Math.max(0, runtime.now() - acceptedAt);
    report({ type: "delivered", kind, orderNumber, attempts: attempts + 1, afterMs });
    waits.ended(key, { state: "delivered" });
  }

  function dead(kind: "order" | "click", job: ClaimedJob, error: AvantLinkError, attempts: number): void {
    report({ type: "dead", kind, orderNumber: job.orderNumber, error, attempts });
    waits.ended(job.key, { state: "dead", error });
  }

  /** Leaves an order to its own merchant's tracker. The wait grows with the order's age, for it costs no attempt. */
  function leaveToOther(job: ClaimedJob): Verdict {
    const code = "outbox.other-merchant";
    const error = new AvantLinkError(code);
    const at = stateOf(job);
    const age = at.now - at.acceptedAt;
    warnOnce(code);
    if (age < retry.maxAgeMs) {
      const waitMs = Math.min(Math.max(age, MIN_LEAVE_MS), MAX_LEAVE_MS, retry.maxDelayMs);
      return waitUntil(at.now + waitMs, error.message, at, retry);
    }
    dead("order", job, error, job.attempts);
    return { status: "dead", reason: { code, message: `${error.message} ${error.help}` } };
  }

  async function deliverOrder(job: ClaimedJob): Promise<Verdict> {
    // A letter without a number that was corrected in place has the key of its first body, and counts as ours.
    const { key, orderNumber } = job;
    if (orderNumber !== "" && key !== orderKey(config.merchantId, orderNumber)) return leaveToOther(job);
    const { outcome, verdict } = await attempt("order", job, retry);
    if (!outcome) return verdict;
    if (verdict.status === "delivered") {
      delivered("order", job);
      health.delivered({ endsFailure: true });
    } else if (verdict.status === "dead") {
      const detail = outcome.kind === "delivered" ? "" : `${outcome.reason}.`;
      const error = new AvantLinkError(verdict.reason.code, { detail });
      dead("order", job, error, job.attempts + 1);
      health.failed(error);
    } else {
      const error = new AvantLinkError("delivery.failed", { detail: `${verdict.reason}.` });
      const attempts = job.attempts + (verdict.counted ? 1 : 0);
      report({ type: "retrying", kind: "order", orderNumber, error, attempts, retryAt: verdict.at });
      health.failed(error);
    }
    return verdict;
  }

  async function deliverClick(job: ClaimedJob): Promise<Verdict> {
    const { outcome, verdict } = await attempt("click", job, clickRetry);
    const isOver = runtime.now() >= job.acceptedAt + CLICK_MAX_AGE_MS;
    if (!outcome && !isOver) return verdict;
    if (outcome?.kind === "delivered") {
      delivered("click", job);
      return verdict;
    }
    // AvantLink documents no way to repeat a click, so a click that may have arrived is not sent again.
    const mayHaveArrived = outcome?.kind === "answered" || outcome?.mayHaveArrived;
    if (outcome && verdict.status === "retry" && !mayHaveArrived) return verdict;
    const { reason } = outcome ?? pause;
    dead("click", job, new AvantLinkError("click.lost", { detail: `${reason}.` }), job.attempts + 1);
    // A lost click is kept nowhere: it leaves its outbox as a delivered one does.
    return { status: "delivered" };
  }

  /**
   * One POST of an order that the outbox could not store, at most `concurrency` at a time. None while AvantLink asks for
   * a pause, or has too many to answer already.
   */
  async function postDirectly(job: OutboxJob): Promise<boolean> {
    if (pauseLeft() > 0 || waitingForSlot.length >= MAX_WAITING) return false;
    if (directSlotsTaken < concurrency) directSlotsTaken += 1;
    else await new Promise<void>((resolve) => void waitingForSlot.push(resolve));
    const outcome = await post("order", job.body);
    // The slot goes to the next order in the same turn, so that no later order gets it first.
    const next = waitingForSlot.shift();
    if (next) next();
    else directSlotsTaken -= 1;
    if (outcome.kind !== "delivered") return false;
    delivered("order", { ...job, attempts: 0 });
    health.delivered({ endsFailure: false });
    return true;
  }

  function beginDirectly(job: OutboxJob): Promise<boolean> {
    const posting = postDirectly(job).then((isDelivered) => {
      directUnderWay.delete(posting);
      if (!isDelivered) direct.delete(job.key);
      return isDelivered;
    });
    directUnderWay.add(posting);
    direct.set(job.key, posting);
    return posting;
  }

  return {
    deliverClick,
    /**
     * Delivers what the outbox hands out, unless it was delivered directly: a put that failed may have stored its order
     * all the same.
     */
    async deliver(job: ClaimedJob): Promise<Verdict> {
      const trying = direct.get(job.key);
      const tried = trying && (await within(trying, config.timeoutMs, runtime));
      if (tried === "late") return waitUntil(runtime.now(), "It is being sent directly", stateOf(job), retry);
      if (tried?.value) return { status: "delivered" };
      const delivering = deliverOrder(job);
      handedOut.set(job.key, delivering);
      return delivering;
    },
    /** Whether AvantLink confirmed this order directly; nothing when the order was not tried, or tried in vain. */
    directAttempt: (key: string): Promise<boolean> | undefined => direct.get(key),
    /** Sends an order that the outbox could not store, unless it is being sent; whether AvantLink confirmed it. */
    async deliverDirectly(job: OutboxJob): Promise<boolean> {
      // What was handed out is stored after all, and the outbox's to try again, unless it is a dead letter now.
      const stored = handedOut.get(job.key);
      const verdict = stored && (await stored);
      if (verdict && verdict.status !== "dead") return verdict.status === "delivered";
      return direct.get(job.key) ?? beginDirectly(job);
    },
    /** Resolves when no direct delivery is under way. */
    async directIdle(): Promise<void> {
      while (directUnderWay.size > 0) await Promise.all(directUnderWay);
    },
  };
}
