import { AvantLinkError } from "../errors.ts";
import type { Config, RetryPolicy } from "../options/config.ts";
import type { ClaimedJob, Deliver, Verdict } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import { readAnswer } from "./answer.ts";
import { type Outcome, verdictOn } from "./retry.ts";
import { type Transport, TransportError } from "./transport.ts";

// So many attempts in a row that did not reach AvantLink, and each further one takes at least so long.
const MANY_UNREACHED = 50;
const UNREACHED_MS = 100;
const CLICK_RETRY: Pick<RetryPolicy, "maxAgeMs"> = { maxAgeMs: 3_600_000 };

/** Carries jobs to AvantLink, one POST at a time, and says what becomes of each. */
export interface Delivery {
  readonly deliverOrder: Deliver;
  readonly deliverClick: Deliver;
  /** One POST of an order that the outbox could not take; whether AvantLink confirmed it. */
  deliverDirectly(job: ClaimedJob): Promise<boolean>;
}

/** What the delivery reports of orders, beside telling events. */
export interface DeliveryReports {
  readonly delivered: (key: string) => void;
  /** One that the outbox could not take. */
  readonly deliveredDirectly: (key: string) => void;
  readonly dead: (key: string, error: AvantLinkError) => void;
  readonly failed: (error: AvantLinkError) => void;
  /** A click arrived or was given up. */
  readonly clickDone: (key: string, error?: AvantLinkError) => void;
}

export function createDelivery(
  config: Config,
  transport: Transport,
  report: Report,
  reports: DeliveryReports,
): Delivery {
  const { runtime, retry } = config;

  let unreached = 0;

  /** One POST. Where none gets through, its place is kept for a while, so that no shop is busy with failing. */
  async function post(kind: "order" | "click", body: string): Promise<Outcome> {
    const outcome = await attempt(kind, body);
    unreached = outcome.kind === "failed" && !outcome.maybeTaken ? unreached + 1 : 0;
    if (unreached > MANY_UNREACHED) {
      await new Promise<void>((resolve) => {
        runtime.after(UNREACHED_MS, resolve);
      });
    }
    return outcome;
  }

  async function attempt(kind: "order" | "click", body: string): Promise<Outcome> {
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
      if (cause instanceof TransportError) {
        return { kind: "failed", reason: cause.message, maybeTaken: cause.maybeTaken };
      }
      return { kind: "failed", reason: `Sending failed (${String(cause)})`, maybeTaken: true };
    }
  }

  function verdict(outcome: Outcome, job: ClaimedJob, policy: RetryPolicy): Verdict {
    const at = {
      attempts: job.attempts,
      acceptedAt: job.acceptedAt,
      now: runtime.now(),
      random: runtime.random(),
    };
    return verdictOn(outcome, at, policy);
  }

  function delivered(job: ClaimedJob): void {
    const afterMs = runtime.now() - job.acceptedAt;
    report({
      type: "delivered",
      kind: "order",
      orderNumber: orderNumberOf(job.body),
      attempts: job.attempts,
      afterMs,
    });
  }

  return {
    async deliverOrder(job) {
      const outcome = await post("order", job.body);
      const result = verdict(outcome, job, retry);
      if (result.status === "delivered") {
        delivered(job);
        reports.delivered(job.key);
      } else if (result.status === "dead") {
        const error = new AvantLinkError(result.reason.code, { detail: result.reason.message });
        report({ type: "dead", kind: "order", orderNumber: orderNumberOf(job.body), error });
        reports.dead(job.key, error);
      } else {
        const error = new AvantLinkError("delivery.failed", { detail: `${result.reason}.` });
        const attempts = job.attempts + (result.counted ? 1 : 0);
        report({
          type: "retrying",
          kind: "order",
          orderNumber: orderNumberOf(job.body),
          error,
          attempts,
          retryAt: result.at,
        });
        reports.failed(error);
      }
      return result;
    },

    async deliverClick(job) {
      const outcome = await post("click", job.body);
      const result = verdict(outcome, job, { ...retry, ...CLICK_RETRY });
      if (result.status === "delivered") {
        const afterMs = runtime.now() - job.acceptedAt;
        report({ type: "delivered", kind: "click", orderNumber: "", attempts: job.attempts, afterMs });
        reports.clickDone(job.key);
        return result;
      }
      // Whether a click may be repeated is documented nowhere, so one that may have arrived is not sent again.
      const arrived = outcome.kind === "failed" && outcome.maybeTaken;
      if (result.status === "retry" && !arrived) return result;
      const reason = result.status === "dead" ? result.reason.message : result.reason;
      const error = new AvantLinkError("click.lost", { detail: `${reason}.` });
      report({ type: "dead", kind: "click", orderNumber: "", error });
      reports.clickDone(job.key, error);
      // Nobody looks after a lost click, so it leaves the queue as a delivered one does.
      return { status: "delivered" };
    },

    async deliverDirectly(job) {
      const outcome = await attempt("order", job.body);
      if (outcome.kind !== "delivered") return false;
      delivered(job);
      reports.deliveredDirectly(job.key);
      return true;
    },
  };
}

// As `toOrderPayload` writes it. Inside a text of the body each quote stands behind a backslash, so nothing else is it.
const NUMBER_IN_BODY = /"order":\{"order_number":"([^"\\]*)"/;

/** The order's number in a body of ours. */
export function orderNumberOf(body: string): string {
  const [, plain] = NUMBER_IN_BODY.exec(body) ?? [];
  if (plain !== undefined) return plain;
  try {
    const parsed: unknown = JSON.parse(body);
    const order: unknown =
      typeof parsed === "object" && parsed !== null && "order" in parsed ? parsed.order : undefined;
    if (typeof order !== "object" || order === null || !("order_number" in order)) return "";
    return typeof order.order_number === "string" ? order.order_number : "";
  } catch {
    return "";
  }
}
