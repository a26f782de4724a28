import ipaddr from "ipaddr.js";

/** How much of the shopper's IP address is sent: all of it, its network only (/24, /48), or nothing. */
export type IpAddressMode = "full" | "truncate" | "omit";

// The usual form, already as it should be.
const PLAIN_IPV4 = /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/;
const NETWORK_BITS = { ipv4: 24, ipv6: 48 };

/**
 * An IP address without port, brackets or zone, with `::ffff:` unmapped, cut as asked. `""` when it is none.
 */
export function tidyIpAddress(value: unknown, mode: IpAddressMode = "full"): string {
  if (typeof value !== "string" || mode === "omit") return "";
  if (mode === "full" && PLAIN_IPV4.test(value)) return value;
  const text = withoutPort(value.trim());
  if (text.length > 64 || !isAddress(text)) return "";
  const address = ipaddr.process(text.split("%", 1)[0] ?? "");
  if (mode === "full") return address.toString();
  const bytes = address.toByteArray();
  const kept = NETWORK_BITS[address.kind()] / 8;
  return ipaddr.fromByteArray(bytes.map((byte, index) => (index < kept ? byte : 0))).toString();
}

/**
 * The client's address behind trusted proxies: X-Forwarded-For from the right, past as many hops as are trusted
 * (a number of proxies), or past every trusted address (a list of addresses and networks). `undefined` where
 * nothing trustworthy is left: a client writes what it likes at the left end.
 */
export function forwardedAddress(
  forwardedFor: string | undefined,
  trusted: number | readonly string[],
  peer?: string,
): string | undefined {
  const hops = (forwardedFor ?? "")
    .slice(-4096)
    .split(",")
    .map(tidyHop)
    .filter((hop) => hop !== undefined);
  if (typeof trusted === "number") return trusted > 0 ? hops.at(-trusted) || undefined : peer;
  const chain = peer === undefined ? hops : [...hops, tidyIpAddress(peer)];
  for (let index = chain.length - 1; index >= 0; index--) {
    const hop = chain[index];
    if (!hop) return undefined;
    if (!isTrusted(hop, trusted)) return hop;
  }
  return undefined;
}

/** The headers in which proxies and platforms name the client, in the order in which a warning names them. */
export const FORWARDING_HEADERS = [
  "x-forwarded-for",
  "forwarded",
  "x-real-ip",
  "true-client-ip",
  "cf-connecting-ip",
  "x-vercel-forwarded-for",
  "fly-client-ip",
  "x-client-ip",
] as const;

const NEARBY: ReadonlySet<string> = new Set([
  "private",
  "loopback",
  "linkLocal",
  "uniqueLocal",
  "carrierGradeNat",
  "unspecified",
]);

/** Whether an address is of this machine. */
export function isOwnMachine(address: string): boolean {
  return rangeOf(address) === "loopback";
}

/** Whether an address is of this machine or of a private network, as a proxy's is. */
export function isNearby(address: string): boolean {
  return NEARBY.has(rangeOf(address));
}

function rangeOf(address: string): string {
  const tidy = tidyIpAddress(address);
  return tidy === "" ? "" : ipaddr.process(tidy).range();
}

/** Whether a text is an address or a network (`10.0.0.0/8`), as a list of trusted proxies has them. */
export function isNetwork(value: string): boolean {
  return value.includes("/") ? ipaddr.isValidCIDR(value) : isAddress(value);
}

function tidyHop(hop: string): string | undefined {
  return hop.trim() === "" ? undefined : tidyIpAddress(hop);
}

function isTrusted(hop: string, trusted: readonly string[]): boolean {
  const address = ipaddr.process(hop);
  return trusted.some((entry) => {
    const [network, bits] = entry.includes("/")
      ? ipaddr.parseCIDR(entry)
      : ([ipaddr.process(entry), undefined] as const);
    if (network.kind() !== address.kind()) return false;
    return address.match(network, bits ?? (network.kind() === "ipv4" ? 32 : 128));
  });
}

// ipaddr.js alone would take "1" for 0.0.0.1.
function isAddress(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text);
}

function withoutPort(text: string): string {
  const bracketed = /^\[([^\]]*)\](?::\d*)?$/.exec(text);
  if (bracketed) return bracketed[1] ?? "";
  return /^[\d.]+:\d+$/.test(text) ? (text.split(":", 1)[0] ?? "") : text;
}
