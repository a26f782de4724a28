import { isLoopback } from "../options.ts";
import type { Finding } from "../records.ts";
import { textAt } from "./body-values.ts";
import { error, info, warning } from "./finding.ts";
import { addressKind } from "./ip-address.ts";

/** What is said of the shopper's browser, address and country. */
export function* checkShopper(body: unknown): Generator<Finding> {
  const page = textAt(body, "current_url");
  yield* checkUserAgent(textAt(body, "user_agent"));
  yield* checkAddress(textAt(body, "user_ip_address"), page);
  yield* checkUrl(page, "current_url");
  yield* checkUrl(textAt(body, "referrer_url"), "referrer_url");
  yield* checkCountry(textAt(body, "order", "customer", "country"));
}

const servers =
  /^(avantlink-s2s|axios|curl|dart|deno|bun|faraday|go-http-client|got|guzzle|httpie|insomnia|java|libwww-perl|node|node-fetch|node\.js|okhttp|php|postmanruntime|python|python-requests|python-urllib|reqwest|ruby|undici|wget)\b/i;

function* checkUserAgent(userAgent: string): Generator<Finding> {
  if (servers.test(userAgent.trimStart()))
    yield error(
      "user_agent",
      "It is a server's user agent. AvantLink wants the shopper's: keep the User-Agent of the shopper's own request, and send that.",
    );
}

function* checkAddress(address: string, page: string): Generator<Finding> {
  const path = "user_ip_address";
  if (address === "") return;
  const kind = addressKind(address);
  const isAtHome = URL.canParse(page) && isLoopback(new URL(page).hostname);
  if (kind === "invalid")
    yield warning(path, "It is no IP address. Send the shopper's, without a port, or leave it empty.");
  else if (kind === "mapped")
    yield warning(path, "It is an IPv4 address written as IPv6. Send it without ::ffff:.");
  else if (kind === "not-public" && !isAtHome)
    yield warning(
      path,
      "It is a private or reserved address, so it is a proxy's or the server's own. If the shop is behind a proxy, declare the proxy (trust proxy).",
    );
  // In a shop's own tests page and browser are on this machine.
  else if (kind === "not-public" && !/^(?:127\.|::1$)/.test(address))
    yield info(
      path,
      "Shop and shopper are both on this machine, or the shop does not trust the proxy in front of it (trust proxy).",
    );
}

function* checkUrl(url: string, path: string): Generator<Finding> {
  if (url.trim() === "") return;
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    yield error(path, "It must be an absolute address: https://shop.example/page.");
    return;
  }
  const names = [...parsed.searchParams.keys()].filter((name) => secretNames.test(name)).slice(0, 5);
  if (names.length > 0)
    yield warning(
      path,
      `Its query has ${names.map((name) => JSON.stringify(name)).join(", ")}, which by the name may hold personal data or a secret. Remove it before sending.`,
    );
}

const secretNames =
  /^(e-?mail|phone|tel|first_?name|last_?name|password|passwd|token|access_token|session|session_?id|sig|signature)$/i;

const regions = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

function* checkCountry(country: string): Generator<Finding> {
  const path = "order.customer.country";
  if (country === "") return;
  if (country === "UK") yield warning(path, "The ISO code of the United Kingdom is GB.");
  else if (!/^[a-z]{2}$/i.test(country))
    yield info(
      path,
      "AvantLink takes USA and full names too; the two letters of ISO 3166 (US) leave no doubt.",
    );
  else if (country !== country.toUpperCase())
    yield warning(path, `Country codes are in upper case: ${country.toUpperCase()}.`);
  else if (country === "ZZ" || regions.of(country) === undefined)
    yield warning(path, `${country} is not in the sandbox's list of country codes. Check the spelling.`);
}
