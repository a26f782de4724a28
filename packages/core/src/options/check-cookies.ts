import type { CookieSettings } from "../context/cookies.ts";
import { isWithin } from "../context/navigation.ts";
import type { Issue } from "../findings.ts";

// Names under which well-known servers keep a login. As a visitor ID it would be sent raw, and expired on a denial.
const SESSION_NAMES =
  /sess|^(?:connect\.)?sid$|(?:^|[._-])(?:auth|jwt|next-auth|authjs)(?:[._-]|$)|(?:access|id|login)[-_]?token|logged[-_]?in/i;
// A domain of two labels that belongs to a registry, as in co.uk: browsers refuse cookies for all of it.
const REGISTRY = /^(?:co|com|org|net|gov|edu|ac|gob|nom|ne|or|go)\.[a-z]{2}$/i;
// A host's domain under which each customer has a subdomain. The public suffix list has them, and many more.
const HOSTING =
  /^(?:(?:github|gitlab)\.io|(?:vercel|netlify|herokuapp|web|firebaseapp|fly|onrender|ngrok-free)\.(?:app|com|dev)|(?:pages|workers|deno|fly)\.dev|up\.railway\.app|amplifyapp\.com|azurewebsites\.net|cloudfront\.net|appspot\.com|myshopify\.com)$/i;

/** What is wrong with the cookies' names and domain, beyond each value by itself. */
export function cookieIssues(
  { names, domain }: Pick<CookieSettings, "names" | "domain">,
  siteUrl: string | undefined,
): readonly Issue[] {
  const issues: Issue[] = [];
  const find = (path: string, message: string) => issues.push({ path, message });
  const all = Object.values(names);
  if (new Set(all).size < all.length)
    find("cookies.names", `are ${all.join(", ")}; each cookie needs a name of its own`);
  for (const [which, name] of Object.entries(names)) {
    const path = `cookies.names.${which}`;
    const [prefix] = /^__(?:host|secure)-/i.exec(name) ?? [];
    if (SESSION_NAMES.test(name))
      find(path, `is ${name}, a login session's name; choose a name that nothing else uses`);
    if (/^__host-/i.test(name) && domain !== undefined)
      find(path, "begins with __Host-, which browsers refuse beside cookies.domain; remove one");
    if (prefix !== undefined && siteUrl?.startsWith("http:"))
      find(path, `begins with ${prefix}, which browsers refuse on a plain http site`);
  }
  if (domain !== undefined && isTooWide(domain)) {
    const message = `is ${domain}, which holds the sites of others, so browsers refuse it; expected the shop's own domain, such as "shop.example"`;
    find("cookies.domain", message);
  }
  if (domain !== undefined && siteUrl !== undefined && !isWithin(new URL(siteUrl).hostname, domain))
    find("cookies.domain", `is ${domain}, which siteUrl is not part of, so browsers refuse it`);
  return issues;
}

function isTooWide(domain: string): boolean {
  const bare = domain.replace(/^\./, "");
  if (!bare.includes(".")) return bare !== "localhost";
  return [REGISTRY, HOSTING, /^[\d.]+$/].some((suffix) => suffix.test(bare));
}
