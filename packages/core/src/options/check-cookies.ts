import type { CookieSettings } from "../context/cookies.ts";
import type { Issue } from "../findings.ts";

// Names under which well-known servers keep a login. As a visitor ID it would be sent raw, and expired on a denial.
const SESSION_NAMES =
  /^(?:connect\.sid|(?:php|j|asp\.net_|aspx?)?sess(?:ion)?_?-?(?:id)?\d*|sid|next-auth\..+|authjs\..+|laravel_session|_session_id)$/i;
// A domain of two labels that belongs to a registry, as in co.uk: browsers refuse cookies for all of it.
const REGISTRY = /^(?:co|com|org|net|gov|edu|ac|gob|nom|ne|or|go)\.[a-z]{2}$/i;

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
  return issues;
}

function isTooWide(domain: string): boolean {
  const bare = domain.replace(/^\./, "");
  return (!bare.includes(".") && bare !== "localhost") || REGISTRY.test(bare) || /^[\d.]+$/.test(bare);
}
