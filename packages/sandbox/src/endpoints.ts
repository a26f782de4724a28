import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, faultAnswer, jsonAnswer, resetConnection, send, success } from "./answers.ts";
import type { Endpoint } from "./contract.ts";
import { readAddress } from "./contract.ts";
import { changesAnswer, type Fault, type Faults } from "./faults.ts";
import { judge, type Rejection, rejection } from "./judgement.ts";
import type { Ledger } from "./ledger.ts";
import { isReport } from "./page-content/report.ts";
import type { ReceivedRequest, TrackingRecord } from "./records.ts";
import { parsed, readBody } from "./request-body.ts";

/** AvantLink's two endpoints. */
export class Endpoints {
  readonly #ledger: Ledger;
  readonly #faults: Faults;
  readonly #maxBodyBytes: number;

  constructor(ledger: Ledger, faults: Faults, maxBodyBytes: number) {
    this.#ledger = ledger;
    this.#faults = faults;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Answers a request to an endpoint, or to an address that was meant to be one. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { url: path = "/", method = "" } = request;
    const [pathname = "/"] = path.split("?", 1);
    const address = readAddress(pathname);
    const isEvent = pathname === "/events" && method === "POST";
    const received = this.#ledger.open({
      endpoint: isEvent ? "event" : (address?.endpoint ?? "unknown"),
      method,
      path,
      merchantId: address?.merchantId ?? "",
      rawHeaders: pairs(request.rawHeaders),
    });
    response.on("close", () => {
      if (received.state === "open") this.#ledger.note(received, { state: "lost" });
    });
    const exchange = { request, response, received };
    if (isEvent) return this.#report(exchange);
    if (address === undefined) return this.#refuse(exchange, notFound(pathname));
    if (method !== "POST") return this.#refuse(exchange, notPost(method));
    if (!uuid.test(address.merchantId)) return this.#refuse(exchange, noMerchant(address.merchantId));
    await this.#post(exchange, address.endpoint);
  }

  /** An event of the shop's tracker, which its `onEvent` sends here, so that the page shows what never becomes a call. */
  async #report(exchange: Exchange): Promise<void> {
    const read = await readBody(exchange.request, this.#maxBodyBytes);
    const raw = read.kind === "read" ? read.bytes.toString("utf8") : "";
    this.#ledger.note(exchange.received, { raw });
    if (isReport(parsed(raw))) this.#send(exchange, jsonAnswer(200, "{}"));
    else this.#refuse(exchange, noEvent);
  }

  async #post(exchange: Exchange, endpoint: Endpoint): Promise<void> {
    const { request, response, received } = exchange;
    const fault = this.#faults.draw(endpoint);
    if (fault !== undefined) this.#ledger.note(received, { fault });
    if (fault?.reset === "before-reading") {
      await delay(fault, response);
      return resetConnection(request);
    }
    const read = await readBody(request, this.#maxBodyBytes);
    if (read.kind === "aborted") return;
    const headers = flatten(request);
    const judgement = judge(read, headers, this.#maxBodyBytes);
    const { raw, body, taken } = judgement;
    this.#ledger.note(received, { raw });
    const call = { endpoint, headers, body };
    // Recorded before it is answered, delayed or not: AvantLink has the call once it has read it.
    const answersAsAvantLink = fault === undefined || !changesAnswer(fault);
    const isRecorded = taken && (answersAsAvantLink || fault.taken === true);
    const record = isRecorded ? this.#ledger.take(received, call) : undefined;
    if (answersAsAvantLink && !taken && body !== undefined)
      this.#ledger.note(received, { findings: this.#ledger.findingsOf(received, call) });
    await delay(fault, response);
    if (answersAsAvantLink) {
      if (!taken) return this.#refuse(exchange, judgement);
      return this.#send(exchange, success, { record });
    }
    const answer = faultAnswer(fault);
    if (answer === "reset") resetConnection(request);
    else if (answer !== "hang") this.#send(exchange, answer);
  }

  #refuse(exchange: Exchange, { status, answer, headers, reason }: Rejection): void {
    exchange.request.resume();
    this.#send(exchange, jsonAnswer(status, answer, headers), { reason });
  }

  #send(
    { response, received }: Exchange,
    answer: Answer,
    { reason, record }: { readonly reason?: string; readonly record?: TrackingRecord | undefined } = {},
  ): void {
    if (!send(response, answer)) return;
    if (record !== undefined) this.#ledger.answered(record);
    const { status } = answer;
    this.#ledger.note(received, {
      state: "answered",
      status,
      ...(reason !== undefined && { refused: reason }),
    });
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
  const expected = "The address needs the merchant's UUID, such as 123e4567-e89b-42d3-a456-426614174000";
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
function delay(fault: Fault | undefined, response: ServerResponse): Promise<void> {
  const delayMs = fault?.delayMs ?? 0;
  if (delayMs === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      response.off("close", done);
      resolve();
    };
    const timer = setTimeout(done, delayMs);
    response.on("close", done);
  });
}

function pairs(raw: readonly string[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2)
    result.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  return result;
}

function flatten(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]),
  );
}
