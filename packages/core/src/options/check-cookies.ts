import type { CookieSettings } from "../context/cookies.ts";
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
  const all = Object.entries(names);
  if (new Set(Object.values(names)).size < all.length) {
    const message = `are ${Object.values(names).join(", ")}; each cookie needs a name of its own`;
    issues.push({ path: "cookies.names", message });
  }
  const isPlainHttp = siteUrl?.startsWith("http:") === true;
  for (const [which, name] of all) {
    const path = `cookies.names.${which}`;
    if (SESSION_NAMES.test(name))
      issues.push({
        path,
        message: `is ${name}, a login session's name; choose a name that nothing else uses`,
      });
    if (/^__host-/i.test(name) && domain !== undefined)
      issues.push({
        path,
        message: "begins with __Host-, which browsers refuse beside cookies.domain; remove one",
      });
    if (/^__(?:host|secure)-/i.test(name) && isPlainHttp)
      issues.push({
        path,
        message: `begins with ${name.slice(0, name.indexOf("-") + 1)}, which browsers refuse on a plain http site`,
      });
  }
  if (domain !== undefined && isTooWide(domain))
    issues.push({
      path: "cookies.domain",
      message: `is ${domain}, which holds the sites of others, so browsers refuse it; expected the shop's own domain, such as "shop.example"`,
    });
  if (domain !== undefined && siteUrl !== undefined && !isWithin(new URL(siteUrl).hostname, domain))
    issues.push({
      path: "cookies.domain",
      message: `is ${domain}, which siteUrl is not part of, so browsers refuse it`,
    });
  return issues;
}

function isWithin(host: string, domain: string): boolean {
  const bare = domain.replace(/^\./, "").toLowerCase();
  return host === bare || host.endsWith(`.${bare}`);
}

function isTooWide(domain: string): boolean {
  const bare = domain.replace(/^\./, "");
  if (!bare.includes(".")) return bare !== "localhost";
  return [REGISTRY, HOSTING, /^[\d.]+$/].some((suffix) => suffix.test(bare));
}
