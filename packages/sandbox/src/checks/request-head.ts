import type { Finding } from "../records.ts";
import { error, warning } from "./finding.ts";

const tracing =
  /^(traceparent|tracestate|baggage|sentry-trace|b3|x-b3-.*|uber-trace-id|x-datadog-.*|x-amzn-trace-id|x-cloud-trace-context|newrelic|elastic-apm-traceparent)$/;

/** The request's headers: what must be there, and what must not leave the shop. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Finding[] {
  const findings: Finding[] = [];
  for (const name of Object.keys(headers)) {
    const path = `headers.${name}`;
    if (tracing.test(name)) {
      findings.push(
        error(
          path,
          "A tracing header shows a third party the inside of the shop. Exclude this call from the instrumentation.",
        ),
      );
    } else if (name === "cookie") {
      findings.push(
        error(path, "Remove the cookies: they let a third party act as the shopper in the shop."),
      );
    } else if (name === "authorization") {
      findings.push(
        warning(
          path,
          "AvantLink documents no authentication for this call: this may be a key of another service.",
        ),
      );
    }
  }
  const userAgent = headers["user-agent"] ?? "";
  if (userAgent.trim() === "") {
    findings.push(
      warning(
        "headers.user-agent",
        "It is missing. The article asks for the server's own name here; the shopper's user agent belongs into the body.",
      ),
    );
  } else if (/^Mozilla\//.test(userAgent)) {
    findings.push(
      warning(
        "headers.user-agent",
        "It looks like a browser's. The article asks for the server's own name here; the shopper's user agent belongs into the body.",
      ),
    );
  }
  if (!/\bapplication\/json\b/i.test(headers.accept ?? "")) {
    findings.push(warning("headers.accept", "The article asks for Accept: application/json."));
  }
  return findings;
}
