import { AvantLinkError } from "../errors.ts";
import { describeForeign } from "../foreign-error.ts";
import type { Config, RetryPolicy } from "../options/config.ts";
import type { ClaimedJob, Deliver, Verdict } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import { readAnswer } from "./answer.ts";
import { type AttemptState, type Outcome, pauseAsked, verdictOn, waitUntil } from "./retry.ts";
import { type Transport, TransportError } from "./transport.ts";

/** How many clicks are sent at a time, beside the orders. */
export const CLICK_CONCURRENCY = 4;

// While AvantLink cannot be reached, all slots together make at most 100 attempts a second: each attempt keeps its slot
// for this long, times the number of slots.
const MIN_UNREACHED_MS = 10;
// During a pause a slot holds its job this long before it gives the job back, so that the store is not kept busy.
const MAX_HOLD_MS = 500;
const CLICK_MAX_AGE_MS = 3_600_000;

/** Delivers jobs to AvantLink, one POST at a time, and decides what becomes of each. */
export interface Delivery {
  readonly deliverOrder: Deliver;
  readonly deliverClick: Deliver;
  /** One POST of an order that the outbox could not store; whether AvantLink confirmed the order. */
  deliverDirectly(job: ClaimedJob): Promise<boolean>;
}

/** What the tracker keeps of deliveries, beside the events that are reported. */
export interface DeliveryReports {
  readonly delivered: (key: string) => void;
  /** An order that the outbox could not store. */
  readonly deliveredDirectly: (key: string) => void;
  readonly dead: (key: string, error: AvantLinkError) => void;
  readonly failed: (error: AvantLinkError) => void;
  /** A click was delivered or given up. */
  readonly clickDone: (key: string, error?: AvantLinkError) => void;
}

export function createDelivery(
  config: Config,
  transport: Transport,
  report: Report,
  reports: DeliveryReports,
): Delivery {
  const { runtime, retry } = config;
  const slots = config.concurrency + CLICK_CONCURRENCY;
  const clickRetry: RetryPolicy = { ...retry, maxAgeMs: CLICK_MAX_AGE_MS };
  // Shared by all slots: what AvantLink asks of one order holds for every order.
  let pause = { from: 0, until: 0, reason: "" };

  const wait = (ms: number) => new Promise<void>((resolve) => void runtime.after(ms, resolve));

  const stateOf = ({ attempts, acceptedAt }: ClaimedJob): AttemptState => ({
    attempts,
    acceptedAt,
    now: runtime.now(),
    random: runtime.random(),
  });

  /** One POST of a job. No job's attempt is spent while AvantLink has asked for a pause. */
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
    const asked = pauseAsked(outcome, runtime.now()) ?? 0;
    if (outcome.kind === "answered" && asked > pauseLeft()) {
      pause = { from: runtime.now(), until: runtime.now() + asked, reason: outcome.reason };
    }
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

  async function post(kind: "order" | "click", body: string): Promise<Outcome> {
    try {
      const answer = await transport.post({
        // Built at send time, so that a corrected merchant ID heals what is waiting.
        url: `${config.endpoint}/merchants/${config.merchantId}/tracking/${kind}`,
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          "user-agent": config.userAgent,
        },
        body,
        timeoutMs: config.timeoutMs,
      });
      return readAnswer(answer);
    } catch (cause) {
      return cause instanceof TransportError
        ? { kind: "failed", reason: cause.message, mayHaveArrived: cause.mayHaveArrived }
        : { kind: "failed", reason: `Sending failed: ${describeForeign(cause)}`, mayHaveArrived: true };
    }
  }

  function reportDelivered(kind: "order" | "click", job: ClaimedJob): void {
    const afterMs = Math.max(0, runtime.now() - job.acceptedAt);
    report({ type: "delivered", kind, orderNumber: job.orderNumber, attempts: job.attempts + 1, afterMs });
  }

  return {
    async deliverOrder(job) {
      const { outcome, verdict } = await attempt("order", job, retry);
      if (!outcome) return verdict;
      const about = { kind: "order", orderNumber: job.orderNumber } as const;
      if (verdict.status === "delivered") {
        reportDelivered("order", job);
        reports.delivered(job.key);
      } else if (verdict.status === "dead") {
        const detail = outcome.kind === "delivered" ? "" : `${outcome.reason}.`;
        const error = new AvantLinkError(verdict.reason.code, { detail });
        report({ type: "dead", ...about, error, attempts: job.attempts + 1 });
        reports.dead(job.key, error);
      } else {
        const error = new AvantLinkError("delivery.failed", { detail: `${verdict.reason}.` });
        const attempts = job.attempts + (verdict.counted ? 1 : 0);
        report({ type: "retrying", ...about, error, attempts, retryAt: verdict.at });
        reports.failed(error);
      }
      return verdict;
    },

    async deliverClick(job) {
      const { outcome, verdict } = await attempt("click", job, clickRetry);
      if (!outcome) return verdict;
      if (outcome.kind === "delivered") {
        reportDelivered("click", job);
        reports.clickDone(job.key);
        return verdict;
      }
      // AvantLink documents no way to repeat a click, so a click that may have arrived is not sent again.
      const mayHaveArrived = outcome.kind === "answered" || outcome.mayHaveArrived;
      if (verdict.status === "retry" && !mayHaveArrived) return verdict;
      const error = new AvantLinkError("click.lost", { detail: `${outcome.reason}.` });
      report({ type: "dead", kind: "click", orderNumber: "", error, attempts: job.attempts + 1 });
      reports.clickDone(job.key, error);
      // A lost click is kept nowhere: it leaves its outbox as a delivered one does.
      return { status: "delivered" };
    },

    async deliverDirectly(job) {
      const outcome = await post("order", job.body);
      if (outcome.kind !== "delivered") return false;
      reportDelivered("order", job);
      reports.deliveredDirectly(job.key);
      return true;
    },
  };
}
