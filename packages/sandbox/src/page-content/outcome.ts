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
  const isTaken = record !== undefined;
  const met = fault === undefined ? "" : ` It met a fault: ${describeFault(fault)}.`;
  const outcome = (tone: Tone, brief: string, sentence: string) => ({
    tone,
    brief,
    sentence: sentence + met,
  });
  if (state === "open")
    return outcome("waiting", isTaken ? "taken, open" : "open", "There is no answer yet.");
  if (refused !== undefined)
    return outcome("bad", `${status} refused`, `It was refused with status ${status}. ${refused}`);
  if (record?.answered)
    return outcome("good", "200 taken", 'It was taken, and answered 200 {"success": true}.');
  if (state === "answered")
    return isTaken
      ? outcome("fault", `taken, answered ${status}`, `It was taken, and its sender was answered ${status}.`)
      : outcome("fault", `${status} fault`, `It was answered ${status}, and nothing was taken.`);
  const lost = "The connection ended without an answer";
  return isTaken
    ? outcome(
        "fault",
        "taken, answer lost",
        `It was taken. ${lost}. The sender must send the same bytes again.`,
      )
    : outcome("fault", "no answer", `${lost}, and nothing was taken.`);
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
  if (fault.reset !== undefined)
    return `resets the connection ${fault.reset === true ? "after" : "before"} reading${after}`;
  if (fault.html === true) return `answers a web page${status}${after}`;
  if (fault.malformed === true) return `answers broken JSON${status}${after}`;
  if (fault.redirect !== undefined) return `redirects to ${fault.redirect.slice(0, 100)}${status}${after}`;
  if (fault.success === false) return `answers success: false${status}${after}`;
  if (fault.status === undefined) return `answers as usual${after}`;
  const retryAfter = new Headers(fault.headers).get("Retry-After");
  return `answers ${fault.status}${retryAfter === null ? "" : `, Retry-After: ${retryAfter}`}${after}`;
}
