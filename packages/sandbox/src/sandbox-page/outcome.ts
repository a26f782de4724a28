import type { Fault } from "../faults.ts";
import type { Tone } from "../page/source.ts";
import type { ClickRecord, OrderRecord, ReceivedRequest } from "../records.ts";
import { parsed } from "../request-body.ts";
import { reportOutcome } from "./report.ts";

/** What became of a request, in a few words and in a sentence. */
interface Outcome {
  readonly tone: Tone;
  readonly brief: string;
  readonly sentence: string;
}

export function outcomeOf(request: ReceivedRequest, record: ClickRecord | OrderRecord | undefined): Outcome {
  const { state, status, refused, fault } = request;
  if (request.endpoint === "event" && refused === undefined) return reportOutcome(parsed(request.raw));
  if (state === "open") {
    const waits =
      fault?.hang === true ? "It hangs, because of the fault." : "It is being read, or waits out a delay.";
    return {
      tone: "waiting",
      brief: record === undefined ? "open" : "taken, open",
      sentence: `There is no answer yet. ${waits}`,
    };
  }
  const met = fault === undefined ? "" : ` It met a fault: ${describeFault(fault)}.`;
  if (state === "lost") {
    return record === undefined
      ? {
          tone: "fault",
          brief: "no answer",
          sentence: `The connection ended without an answer, and nothing was taken.${met}`,
        }
      : {
          tone: "fault",
          brief: "taken, answer lost",
          sentence: `It was taken, and its sender got no answer: the connection ended first. The sender must send the same bytes again.${met}`,
        };
  }
  if (refused !== undefined) {
    return {
      tone: "bad",
      brief: `${status} refused`,
      sentence: `It was refused with status ${status}. ${refused}${met}`,
    };
  }
  if (record?.answered === true) {
    return {
      tone: "good",
      brief: "200 taken",
      sentence: `It was taken, and answered 200 {"success": true}.${met}`,
    };
  }
  return record === undefined
    ? {
        tone: "fault",
        brief: `${status} fault`,
        sentence: `It was answered ${status}, and nothing was taken.${met}`,
      }
    : {
        tone: "fault",
        brief: `taken, answered ${status}`,
        sentence: `It was taken, and its sender was answered ${status}.${met}`,
      };
}

/** A fault in words: what it does, to what, for how long. */
export function describeFault(fault: Fault): string {
  const parts = [effectOf(fault)];
  if (fault.taken === true) parts.push("taken all the same");
  if (fault.on !== undefined) parts.push(`${fault.on}s only`);
  if (fault.probability !== undefined) parts.push(`${Math.round(fault.probability * 100)} % of the requests`);
  return parts.join(", ");
}

function effectOf(fault: Fault): string {
  const after = fault.delayMs === undefined ? "" : ` after ${fault.delayMs} ms`;
  const status = fault.status === undefined ? "" : ` with status ${fault.status}`;
  if (fault.hang === true) return "never answers";
  if (fault.reset === "before-reading") return `resets the connection before reading${after}`;
  if (fault.reset === true) return `resets the connection after reading${after}`;
  if (fault.html === true) return `answers a web page${status}${after}`;
  if (fault.malformed === true) return `answers broken JSON${status}${after}`;
  if (fault.redirect !== undefined) return `redirects to ${fault.redirect.slice(0, 100)}${status}${after}`;
  if (fault.success === false) return `answers success: false${status}${after}`;
  if (fault.status === undefined) return `answers as usual${after}`;
  const retryAfter = Object.entries(fault.headers ?? {}).find(
    ([name]) => name.toLowerCase() === "retry-after",
  );
  return `answers ${fault.status}${retryAfter === undefined ? "" : `, Retry-After: ${retryAfter[1]}`}${after}`;
}
