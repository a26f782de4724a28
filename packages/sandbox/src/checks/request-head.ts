import type { Finding } from "../records.ts";
import { error, warning } from "./finding.ts";

const tracing =
  /^(traceparent|tracestate|baggage|sentry-trace|b3|x-b3-.*|uber-trace-id|x-datadog-.*|x-amzn-trace-id|x-cloud-trace-context|newrelic|elastic-apm-traceparent)$/;

/** The request's headers: what must be there, and what must not leave the shop. */
export function* checkHeaders(headers: Readonly<Record<string, string>>): Generator<Finding> {
  for (const name of Object.keys(headers)) {
    const path = `headers.${name}`;
    if (tracing.test(name))
      yield error(
        path,
        "A tracing header shows a third party the inside of the shop. Exclude this call from the instrumentation.",
      );
    if (name === "cookie")
      yield error(path, "Remove the cookies: they let a third party act as the shopper in the shop.");
    if (name === "authorization")
      yield warning(
        path,
        "AvantLink documents no authentication for this call: this may be a key of another service.",
      );
  }
  const userAgent = headers["user-agent"] ?? "";
  const isMissing = userAgent.trim() === "";
  if (isMissing || /^Mozilla\//.test(userAgent))
    yield warning(
      "headers.user-agent",
      `${isMissing ? "It is missing." : "It looks like a browser's."} The article asks for the server's own name here; the shopper's user agent belongs into the body.`,
    );
  if (!/\bapplication\/json\b/i.test(headers.accept ?? ""))
    yield warning("headers.accept", "The article asks for Accept: application/json.");
}
