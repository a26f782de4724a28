import type { IncomingMessage, ServerResponse } from "node:http";
import { SUCCESS } from "./contract.ts";
import type { Fault } from "./faults.ts";
import type { Rejection } from "./judgement.ts";

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

export const rejected = ({ status, answer, headers }: Rejection): Answer =>
  jsonAnswer(status, answer, headers);

/** The answer that a fault gives, or how it gives none. */
export function faultAnswer(fault: Fault): Answer | "hang" | "reset" {
  if (fault.hang === true) return "hang";
  if (fault.reset !== undefined) return "reset";
  const { redirect, html, headers, status = redirect === undefined ? 200 : 302 } = fault;
  if (redirect !== undefined) return { status, headers: { Location: redirect, ...headers }, body: "" };
  if (html === true)
    return { status, headers: { "Content-Type": "text/html; charset=utf-8", ...headers }, body: webPage };
  return jsonAnswer(status, faultBody(fault, status), headers);
}

function faultBody({ malformed, success, body }: Fault, status: number): string {
  if (malformed === true) return '{"success": tr';
  if (success === false) return '{"success": false}';
  if (body !== undefined) return typeof body === "string" ? body : JSON.stringify(body);
  if (status === 204 || status === 304) return "";
  return JSON.stringify({
    error: `The sandbox answers ${status} because of a fault.`,
    error_key: "sandbox.fault",
  });
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
