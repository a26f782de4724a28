import { fullyDecoded, holdsPrivateData, namesPerson } from "./detect.ts";

/** Longest address that goes out, in characters; a longer one loses its other parameters first, then its path. */
const LONGEST = 2048;
/** Longest address that is looked at whole; of a longer one only what stands before the query. */
const LONGEST_READ = 16_384;

// A page with short plain segments and parameters: what most pages are. Nothing in it needs another form, and nothing
// can be hidden in it; only the names of its parameters are left to be looked at.
const PLAIN_PARAMETER = String.raw`(?:avad=[\w.-]*|gclid=[\w-]*|(?!avad=|gclid=)[\w-]{1,11}=[\w.-]{0,11})`;
const PLAIN_PAGE = new RegExp(
  String.raw`^https?://[a-z][a-z0-9-]{0,62}(?:\.[a-z][a-z0-9-]{0,62}){1,8}/(?:[a-z0-9_-]{1,11}/){0,20}[a-z0-9_-]{0,11}(?:\?(${PLAIN_PARAMETER}(?:&${PLAIN_PARAMETER})*))?$`,
);
const PLAIN_NAME = /^[a-z0-9]+$/;

const KEPT = new Set(["avad", "gclid"]);
const SCHEMES = new Set(["http:", "https:", "android-app:", "ios-app:"]);

const PRIVATE_ANYWHERE =
  /email|phone|token|session|signature|passw|secret|firstname|lastname|fullname|surname|username|apikey|jwt/;
const PRIVATE_WORD =
  /^(?:e?mails?|mobile|cell|fname|lname|sid|sess\w*|phpsessid|jsessionid|pass|pwd|auth\w*|otp|pin|dob|birth\w*|address\w*|zip|postal|credential\w*)$/;
const PRIVATE_STEM = /^(?:name|key|code|tel|sig)|(?:name|key|code)s?$/;
const PUBLIC_WORD = /^keywords?$/;

/**
 * A page's address without what could name a person: user and password, the fragment, parameters named like a
 * name, an address or a secret, and any parameter or path segment that holds an e-mail address or a JWT, at any
 * depth of encoding or in Base64. `avad` stays as it came, `gclid` where it names nobody. Not an absolute web address:
 * `""`.
 */
export function scrubUrl(value: unknown): string {
  if (typeof value !== "string") return "";
  const plain = value.length <= LONGEST ? PLAIN_PAGE.exec(value) : null;
  if (plain && (plain[1] === undefined || plain[1].split("&").every(hasPublicName))) return value;
  const text = value.length > LONGEST_READ ? (value.slice(0, LONGEST_READ).split(/[?#]/, 1)[0] ?? "") : value;
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return "";
  }
  if (!SCHEMES.has(url.protocol) || url.host === "") return "";
  const place = `${url.protocol}//${url.host}`;
  const path = url.pathname.split("/").map(publicSegment).join("/");
  const parameters = url.search.slice(1).split("&").filter(isPublicParameter);
  const page = path.length + place.length <= LONGEST ? place + path : `${place}/`;
  const whole = withQuery(page, parameters);
  if (whole.length <= LONGEST) return whole;
  const ids = withQuery(
    page,
    parameters.filter((parameter) => KEPT.has(nameOf(parameter))),
  );
  return ids.length <= LONGEST ? ids : page;
}

/** A segment without what is private in it, its own parameters (`;jsessionid=…`) among it. */
function publicSegment(segment: string): string {
  if (holdsPrivateData(segment)) return "removed";
  const [name = "", ...parameters] = segment.split(";");
  return [name, ...parameters.filter(isPublicParameter)].join(";");
}

function withQuery(page: string, parameters: readonly string[]): string {
  return parameters.length > 0 ? `${page}?${parameters.join("&")}` : page;
}

function nameOf(parameter: string): string {
  const end = parameter.indexOf("=");
  return end < 0 ? parameter : parameter.slice(0, end);
}

function isPublicParameter(parameter: string): boolean {
  if (parameter === "") return false;
  const name = nameOf(parameter);
  // The token is AvantLink's own, whatever it looks like.
  if (name === "avad") return true;
  if (name === "gclid") return !namesPerson(parameter);
  if (isPrivateName(fullyDecoded(name)) || holdsPrivateData(name)) return false;
  const value = parameter.slice(name.length + 1);
  return !holdsPrivateData(value) && !carriesPrivateParameter(fullyDecoded(value));
}

function hasPublicName(parameter: string): boolean {
  const name = nameOf(parameter);
  return KEPT.has(name) || !isPrivateName(name);
}

/** Whether a value is itself an address, a query or JSON with something private, as in `?next=/login%3Ftoken=…`. */
function carriesPrivateParameter(value: string): boolean {
  for (const [, key = ""] of value.matchAll(/"([^"]{1,100})"\s*:/g)) if (isPrivateName(key)) return true;
  if (!value.includes("=")) return false;
  return value.split(/[?&;#]/).some((part) => part.includes("=") && isPrivateName(nameOf(part)));
}

/** Whether a parameter's name says that its value could name a person or open a door. */
export function isPrivateName(name: string): boolean {
  if (PLAIN_NAME.test(name))
    return !PUBLIC_WORD.test(name) && (PRIVATE_ANYWHERE.test(name) || isPrivateWord(name));
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "" && !PUBLIC_WORD.test(word));
  return PRIVATE_ANYWHERE.test(words.join("")) || words.some(isPrivateWord);
}

function isPrivateWord(word: string): boolean {
  return PRIVATE_WORD.test(word) || PRIVATE_STEM.test(word);
}
