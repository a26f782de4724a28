import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout } from "node:timers/promises";
import { type Answer, faultAnswer, jsonAnswer, rejected, resetConnection, send, success } from "./answers.ts";
import { type Endpoint, readAddress } from "./contract.ts";
import { changesAnswer, type Fault, type Faults } from "./faults.ts";
import { judge, type Rejection, rejection } from "./judgement.ts";
import type { Ledger } from "./ledger.ts";
import { isReport } from "./page-content/report.ts";
import type { ReceivedRequest, TrackingRecord } from "./records.ts";
import { parsed, readBody } from "./request-body.ts";

/** Answers requests to AvantLink's two endpoints, or to an address that was meant to be one. */
export function endpoints(ledger: Ledger, faults: Faults, maxBodyBytes: number) {
  return async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = "/", method = "" } = request;
    const [pathname = "/"] = path.split("?", 1);
    const address = readAddress(pathname);
    const isEvent = pathname === "/events" && method === "POST";
    const received = ledger.open({
      endpoint: isEvent ? "event" : (address?.endpoint ?? "unknown"),
      method,
      path,
      merchantId: address?.merchantId ?? "",
      rawHeaders: pairs(request.rawHeaders),
    });
    response.on("close", () => {
      if (received.state === "open") ledger.note(received, { state: "lost" });
    });
    const exchange = { request, response, received };
    if (isEvent) return report(exchange);
    if (address === undefined) return refuse(exchange, notFound(pathname));
    if (method !== "POST") return refuse(exchange, notPost(method));
    if (!uuid.test(address.merchantId)) return refuse(exchange, noMerchant(address.merchantId));
    return post(exchange, address.endpoint);
  };

  /** An event of the shop's tracker, which its `onEvent` sends here, so that the page shows what never becomes a call. */
  async function report(exchange: Exchange): Promise<void> {
    const read = await readBody(exchange.request, maxBodyBytes);
    const raw = read.kind === "read" ? read.bytes.toString("utf8") : "";
    ledger.note(exchange.received, { raw });
    if (isReport(parsed(raw))) answer(exchange, jsonAnswer(200, "{}"));
    else refuse(exchange, noEvent);
  }

  async function post(exchange: Exchange, endpoint: Endpoint): Promise<void> {
    const { request, response, received } = exchange;
    const fault = faults.draw(endpoint);
    if (fault !== undefined) ledger.note(received, { fault });
    if (fault?.reset === "before-reading") {
      await delay(fault, response);
      return resetConnection(request);
    }
    const read = await readBody(request, maxBodyBytes);
    if (read.kind === "aborted") return;
    const headers = flatten(request);
    const judgement = judge(read, headers, maxBodyBytes);
    const { raw, body, taken } = judgement;
    ledger.note(received, { raw });
    const call = { endpoint, headers, body };
    // Recorded before it is answered, delayed or not: AvantLink has the call once it has read it.
    const answersAsAvantLink = fault === undefined || !changesAnswer(fault);
    const isRecorded = taken && (answersAsAvantLink || fault.taken === true);
    const record = isRecorded ? ledger.take(received, call) : undefined;
    if (answersAsAvantLink && !taken && body !== undefined)
      ledger.note(received, { findings: ledger.findingsOf(received, call) });
    await delay(fault, response);
    if (answersAsAvantLink)
      return taken ? answer(exchange, success, { record }) : refuse(exchange, judgement);
    const given = faultAnswer(fault);
    if (given === "reset") resetConnection(request);
    else if (given !== "hang") answer(exchange, given);
  }

  function refuse(exchange: Exchange, rejection: Rejection): void {
    exchange.request.resume();
    answer(exchange, rejected(rejection), { reason: rejection.reason });
  }

  function answer(
    { response, received }: Exchange,
    given: Answer,
    { reason, record }: { readonly reason?: string; readonly record?: TrackingRecord | undefined } = {},
  ): void {
    if (!send(response, given)) return;
    if (record !== undefined) ledger.answered(record);
    const refused = reason !== undefined && { refused: reason };
    ledger.note(received, { state: "answered", status: given.status, ...refused });
  }
}

/** A request on its way, and what is known of it. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly received: ReceivedRequest;
}

const noEvent = rejection(400, "event", "Send an event of the tracker as JSON: it has a type.");

const uuid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** What AvantLink answers is not documented. The older merchant number is the most frequent mistake. */
function noMerchant(merchantId: string): Rejection {
  const expected = "The address needs the merchant's UUID, such as 123e4567-e89b-12d3-a456-426614174000";
  const reason = /^\d{4,6}$/.test(merchantId)
    ? `${expected}. This is AvantLink's older merchant number: ask AvantLink for the UUID.`
    : `${expected}.`;
  return rejection(404, "merchant_id", reason);
}

function notFound(pathname: string): Rejection {
  return rejection(404, "not_found", `There is nothing at ${pathname.slice(0, 200)}. ${hintFor(pathname)}`);
}

function hintFor(pathname: string): string {
  if (!pathname.startsWith("/merchants/"))
    return "Set the endpoint to the sandbox's URL without a path: /merchants/{merchant_id}/tracking/order and …/click come right after its port.";
  return /\/tracking\/(order|click)[-/]+$/.test(pathname)
    ? "The address ends without a hyphen or a slash; the one in AvantLink's article is a slip."
    : "The sandbox answers /merchants/{merchant_id}/tracking/order and …/click.";
}

function notPost(method = ""): Rejection {
  return rejection(405, "method", `${method} is not POST, which is all that this address answers.`, {
    Allow: "POST",
  });
}

/** Waits as the fault says, and no longer than the caller waits for the answer. */
async function delay({ delayMs = 0 }: Fault = {}, response: ServerResponse): Promise<void> {
  if (delayMs === 0) return;
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  await setTimeout(delayMs, undefined, { signal: gone.signal }).catch(() => {});
}

function pairs(raw: readonly string[]): (readonly [string, string])[] {
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ""] as const] : []));
}

function flatten(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]),
  );
}
