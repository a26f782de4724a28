import type { IncomingMessage, ServerResponse } from "node:http";
import { SUCCESS } from "./contract.ts";
import type { Fault } from "./faults.ts";

/** An HTTP answer, ready to be sent. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function jsonAnswer(
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, headers: { "Content-Type": "application/json", ...headers }, body };
}

/** The answer that a fault gives, or how it gives none. */
export function faultAnswer(fault: Fault): Answer | "hang" | "reset" {
  if (fault.hang === true) return "hang";
  if (fault.reset !== undefined) return "reset";
  const headers = { ...fault.headers };
  if (fault.html === true) {
    return {
      status: fault.status ?? 200,
      headers: { "Content-Type": "text/html; charset=utf-8", ...headers },
      body: webPage,
    };
  }
  if (fault.malformed === true) return jsonAnswer(fault.status ?? 200, '{"success": tr', headers);
  if (fault.redirect !== undefined) {
    return { status: fault.status ?? 302, headers: { Location: fault.redirect, ...headers }, body: "" };
  }
  if (fault.success === false) return jsonAnswer(fault.status ?? 200, '{"success": false}', headers);
  const status = fault.status ?? 200;
  if (typeof fault.body === "string") return jsonAnswer(status, fault.body, headers);
  if (fault.body !== undefined) return jsonAnswer(status, JSON.stringify(fault.body), headers);
  const plain = JSON.stringify({
    error: `The sandbox answers ${status} because of a fault.`,
    error_key: "sandbox.fault",
  });
  return jsonAnswer(status, status === 204 || status === 304 ? "" : plain, headers);
}

const webPage =
  "<!doctype html><html><head><title>One moment</title></head><body><h1>We will be back soon</h1></body></html>";

export const success: Answer = jsonAnswer(200, SUCCESS);

/** Sends an answer, unless nobody is there any more. */
export function send(response: ServerResponse, answer: Answer, withBody = true): boolean {
  if (response.destroyed || response.socket === null || response.socket.destroyed) return false;
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": Buffer.byteLength(answer.body) });
  response.end(withBody ? answer.body : undefined);
  return true;
}

/** Ends a connection as a crashed server does. */
export function resetConnection(request: IncomingMessage): void {
  request.socket.resetAndDestroy();
}
