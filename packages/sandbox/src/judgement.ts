import { hasTrackingId } from "./checks/tracking-ids.ts";
import { NO_TRACKING_ID } from "./contract.ts";
import type { BodyRead } from "./request-body.ts";

/** What AvantLink would do with a request: take its body, or refuse it. */
export type Judgement =
  | { readonly taken: true; readonly raw: string; readonly body: unknown }
  /** `body` where the rejection is for what it lacks, so that the rest of it can be checked all the same. */
  | ({ readonly taken: false; readonly raw: string; readonly body?: unknown } & Rejection);

/** A request that is not taken, and how it is answered. */
export interface Rejection {
  readonly status: number;
  /** One sentence for people. */
  readonly reason: string;
  /** The JSON of the answer. */
  readonly answer: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A rejection that AvantLink does not document: the sandbox's own, and its key says so. */
export function rejection(
  status: number,
  key: string,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Rejection {
  return { status, reason, answer: JSON.stringify({ error: reason, error_key: `sandbox.${key}` }), headers };
}

/** Judges a request by its content type and its body. */
export function judge(
  read: Exclude<BodyRead, { kind: "aborted" }>,
  headers: Readonly<Record<string, string>>,
  maxBytes: number,
): Judgement {
  if (read.kind === "too-large") {
    const reason = `The body is larger than the ${maxBytes} bytes that the sandbox reads.`;
    return { taken: false, raw: "", ...rejection(413, "body.too_large", reason, { Connection: "close" }) };
  }
  const raw = read.bytes.toString("utf8");
  const no = (refused: Rejection): Judgement => ({ taken: false, raw, ...refused });
  const type = headers["content-type"] ?? "";
  if (!/^application\/json\s*(;|$)/i.test(type)) {
    const was = type === "" ? "missing" : JSON.stringify(type.slice(0, 100));
    return no(rejection(415, "content_type", `Send Content-Type: application/json; this was ${was}.`));
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    const reason = `Send the JSON as it is, not encoded (${JSON.stringify(encoding.slice(0, 100))}).`;
    return no(rejection(415, "content_encoding", reason));
  }
  let body: unknown;
  try {
    body = JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(read.bytes));
  } catch {
    const reason = raw === "" ? "The body is empty." : "The body is no JSON in UTF-8.";
    return no(rejection(400, "body.not_json", reason));
  }
  if (!hasTrackingId(body)) {
    const reason =
      "The body carries no ID: no user_id, no visitor_id and no avantlink_avad. AvantLink's error_key says so too: client.model.merchants_tracking.tracking_ids.blank.";
    return { taken: false, raw, body, status: 400, reason, answer: NO_TRACKING_ID };
  }
  return { taken: true, raw, body };
}
