import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, faultAnswer, jsonAnswer, resetConnection, send, success } from "./answers.ts";
import type { Endpoint } from "./contract.ts";
import { readAddress } from "./contract.ts";
import { changesAnswer, type Fault, type Faults } from "./faults.ts";
import { type Judgement, judge, type Rejection, rejection } from "./judgement.ts";
import type { Ledger } from "./ledger.ts";
import type { ReceivedRequest, TrackingRecord } from "./records.ts";
import { parsed, readBody } from "./request-body.ts";
import { isReport } from "./sandbox-page/report.ts";

export interface EndpointsOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly maxBodyBytes: number;
}

/** AvantLink's two endpoints. */
export class Endpoints {
  readonly #ledger: Ledger;
  readonly #faults: Faults;
  readonly #maxBodyBytes: number;

  constructor({ ledger, faults, maxBodyBytes }: EndpointsOptions) {
    this.#ledger = ledger;
    this.#faults = faults;
    this.#maxBodyBytes = maxBodyBytes;
  }

  /** Answers a request to an endpoint, or to an address that was meant to be one. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? "/";
    const [pathname = "/"] = path.split("?", 1);
    const address = readAddress(pathname);
    const isEvent = pathname === "/events" && request.method === "POST";
    const received = this.#ledger.open({
      endpoint: isEvent ? "event" : (address?.endpoint ?? "unknown"),
      method: request.method ?? "",
      path,
      merchantId: address?.merchantId ?? "",
      rawHeaders: pairs(request.rawHeaders),
    });
    response.on("close", () => {
      if (received.state === "open") this.#ledger.note(received, { state: "lost" });
    });
    if (isEvent) return this.#report(request, response, received);
    if (address === undefined) return this.#refuse(request, response, received, notFound(pathname));
    if (request.method !== "POST") return this.#refuse(request, response, received, notPost(request.method));
    if (!uuid.test(address.merchantId))
      return this.#refuse(request, response, received, noMerchant(address.merchantId));
    await this.#post(request, response, received, address.endpoint);
  }

  /** An event of the shop's tracker, which its `onEvent` sends here, so that the page shows what never becomes a call. */
  async #report(
    request: IncomingMessage,
    response: ServerResponse,
    received: ReceivedRequest,
  ): Promise<void> {
    const read = await readBody(request, this.#maxBodyBytes);
    const raw = read.kind === "read" ? read.bytes.toString("utf8") : "";
    this.#ledger.note(received, { raw });
    if (isReport(parsed(raw))) return this.#send(response, received, jsonAnswer(200, "{}"));
    const { status, answer, reason } = rejection(
      400,
      "event",
      "Send an event of the tracker as JSON: it has a type.",
    );
    this.#send(response, received, jsonAnswer(status, answer), reason);
  }

  async #post(
    request: IncomingMessage,
    response: ServerResponse,
    received: ReceivedRequest,
    endpoint: Endpoint,
  ): Promise<void> {
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
    this.#ledger.note(received, { raw: judgement.raw });
    if (fault === undefined || !changesAnswer(fault)) {
      return this.#asAvantLink(response, received, endpoint, headers, judgement, fault);
    }
    if (fault.taken === true && judgement.taken)
      this.#ledger.take(received, endpoint, headers, judgement.body);
    await delay(fault, response);
    const answer = faultAnswer(fault);
    if (answer === "reset") resetConnection(request);
    else if (answer !== "hang") this.#send(response, received, answer);
  }

  /** Recorded before it is answered, delayed or not: AvantLink has the call once it has read it. */
  async #asAvantLink(
    response: ServerResponse,
    received: ReceivedRequest,
    endpoint: Endpoint,
    headers: Readonly<Record<string, string>>,
    judgement: Judgement,
    fault: Fault | undefined,
  ): Promise<void> {
    if (!judgement.taken) {
      if (judgement.body !== undefined) {
        const findings = this.#ledger.findingsOf(received, endpoint, headers, judgement.body);
        this.#ledger.note(received, { findings });
      }
      if (fault !== undefined) await delay(fault, response);
      return this.#send(
        response,
        received,
        jsonAnswer(judgement.status, judgement.answer, judgement.headers),
        judgement.reason,
      );
    }
    const record = this.#ledger.take(received, endpoint, headers, judgement.body);
    if (fault !== undefined) await delay(fault, response);
    this.#send(response, received, success, undefined, record);
  }

  #refuse(
    request: IncomingMessage,
    response: ServerResponse,
    received: ReceivedRequest,
    refused: Rejection,
  ): void {
    request.resume();
    this.#send(
      response,
      received,
      jsonAnswer(refused.status, refused.answer, refused.headers),
      refused.reason,
    );
  }

  #send(
    response: ServerResponse,
    received: ReceivedRequest,
    answer: Answer,
    reason?: string,
    record?: TrackingRecord,
  ): void {
    if (!send(response, answer)) return;
    if (record !== undefined) this.#ledger.answered(record);
    this.#ledger.note(received, {
      state: "answered",
      status: answer.status,
      ...(reason !== undefined && { refused: reason }),
    });
  }
}

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
function delay(fault: Fault, response: ServerResponse): Promise<void> {
  const { delayMs = 0 } = fault;
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
