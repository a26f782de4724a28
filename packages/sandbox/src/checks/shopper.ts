import type { Endpoint } from "../contract.ts";
import type { Finding } from "../records.ts";
import { textAt } from "./body-values.ts";
import { error, info, warning } from "./finding.ts";
import { addressKind } from "./ip-address.ts";

/** What is said of the shopper's browser: user agent, address and pages. */
export function checkShopper(body: unknown, endpoint: Endpoint): Finding[] {
  return [
    ...checkUserAgent(textAt(body, "user_agent")),
    ...checkAddress(textAt(body, "user_ip_address"), textAt(body, "current_url")),
    ...checkUrl(textAt(body, "current_url"), "current_url"),
    ...checkUrl(textAt(body, "referrer_url"), "referrer_url"),
    ...(endpoint === "order" ? checkCountry(textAt(body, "order", "customer", "country")) : []),
  ];
}

const servers =
  /^(avantlink-s2s|axios|curl|dart|deno|bun|faraday|go-http-client|got|guzzle|httpie|insomnia|java|libwww-perl|node|node-fetch|node\.js|okhttp|php|postmanruntime|python|python-requests|python-urllib|reqwest|ruby|undici|wget)\b/i;

/** Whether a user agent is a program's rather than a browser's. */
function isServerAgent(userAgent: string): boolean {
  return servers.test(userAgent.slice(0, 200).trimStart());
}

function checkUserAgent(userAgent: string): Finding[] {
  if (!isServerAgent(userAgent)) return [];
  return [
    error(
      "user_agent",
      "It is a server's user agent. AvantLink wants the shopper's: keep the User-Agent of the shopper's own request, and send that.",
    ),
  ];
}

function checkAddress(address: string, page: string): Finding[] {
  const path = "user_ip_address";
  if (address === "") return [];
  switch (addressKind(address)) {
    case "public":
      return [];
    case "invalid":
      return [warning(path, "It is no IP address. Send the shopper's, without a port, or leave it empty.")];
    case "mapped":
      return [warning(path, "It is an IPv4 address written as IPv6. Send it without ::ffff:.")];
    case "not-public":
      if (isThisMachine(page)) {
        // A shop's own tests: page and browser are here.
        if (/^(?:127\.|::1$)/.test(address)) return [];
        return [
          info(
            path,
            "Shop and shopper are both on this machine, or the shop does not trust the proxy in front of it (trust proxy).",
          ),
        ];
      }
      return [
        warning(
          path,
          "It is a private or reserved address, so it is a proxy's or the server's own. If the shop is behind a proxy, declare the proxy (trust proxy).",
        ),
      ];
  }
}

/** Whether a page is served from this machine, as while a shop is being built. */
function isThisMachine(page: string): boolean {
  return (
    URL.canParse(page) && /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(new URL(page).hostname)
  );
}

function checkUrl(url: string, path: string): Finding[] {
  if (url.trim() === "") return [];
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) {
    return [error(path, "It must be an absolute address: https://shop.example/page.")];
  }
  const names = [...parsed.searchParams.keys()].filter((name) => secretNames.test(name));
  if (names.length === 0) return [];
  return [
    warning(
      path,
      `Its query has ${names
        .slice(0, 5)
        .map((name) => JSON.stringify(name.slice(0, 40)))
        .join(", ")}, which by the name may hold personal data or a secret. Remove it before sending.`,
    ),
  ];
}

const secretNames =
  /^(e-?mail|phone|tel|first_?name|last_?name|password|passwd|token|access_token|session|session_?id|sig|signature)$/i;

const regions = new Intl.DisplayNames("en", { type: "region", fallback: "none" });

function checkCountry(country: string): Finding[] {
  const path = "order.customer.country";
  if (country === "") return [];
  if (country === "UK") return [warning(path, "The ISO code of the United Kingdom is GB.")];
  if (/^[A-Z]{2}$/.test(country)) {
    if (country !== "ZZ" && regions.of(country) !== undefined) return [];
    return [warning(path, `${country} is not in the sandbox's list of country codes. Check the spelling.`)];
  }
  if (/^[a-z]{2}$/i.test(country)) {
    return [warning(path, `Country codes are in upper case: ${country.toUpperCase()}.`)];
  }
  return [
    info(path, "AvantLink takes USA and full names too; the two letters of ISO 3166 (US) leave no doubt."),
  ];
}
