const MAX_LINE = 200;
const MAX_FRAMES = 8;
// Errors behind errors, which may go round in a circle.
const MAX_DEPTH = 5;
const PLAIN_NAME = /^[\w.$]{1,60}$/;
const PLAIN_CODE = /^\w{1,60}$/;

// A mistyped URL of an engine keeps its password between "//" and "@", a browser's URL its query, a text its e-mail
// address. JSON.parse repeats the beginning of the text that it could not read, and an outbox of the shop's what it
// could not store.
const CLEANING: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\u2028\u2029]+/gu, " "],
  [/.*is not valid JSON.*/, "The text is not valid JSON"],
  [/[{[]+\s*["'].*/, "[removed]"],
  [/\/\/.*@\S*/g, "//[removed]"],
  [/\S*(?:@|%40)\S*/gi, "[removed]"],
  [/(\w:\/\/[^\s?#]*)[?#]\S*/g, "$1"],
  [/\S*eyJ[\w-]{8,}\S*/g, "[removed]"],
  [
    /\b(pass(?:word|wd)?|pwd|secret|token|api[-_]?key|authorization)([\x22\x27]?\s*[=:]\s*).+/gi,
    "$1$2[removed]",
  ],
  [/\x22[^\x22]*[^\x22\w.$-][^\x22]*\x22/g, '"[removed]"'],
  [/(?<=[\s:=(])\x27[^\x27]*[^\x27\w.$-][^\x27]*\x27(?!\w)/g, "'[removed]'"],
  [/\+?\(?\d(?:[ ()-]{0,2}\d){9,}/g, "[removed]"],
];

/**
 * A copy of a thrown value that may be shown: its class, its code, the first line of its message, cleaned, and the
 * places in the code that it came through. An engine's own error object is never handed on, because it carries what
 * was sent: a password, a whole order.
 */
export function foreignError(thrown: unknown): Error {
  const copy = new Error(messageOf(thrown));
  const code = codeOf(thrown);
  const define = (name: string, value: unknown) => Object.defineProperty(copy, name, { value });
  define("name", nameOf(thrown));
  if (code !== "") Object.assign(copy, { code });
  define("stack", [String(copy), ...framesOf(thrown)].join("\n"));
  return copy;
}

/** The same in a line for people: `TypeError: fetch failed (ECONNREFUSED)`. */
export function describeForeign(thrown: unknown): string {
  const message = messageOf(thrown);
  const code = codeOf(thrown);
  const known = code === "" || message.includes(code);
  return [nameOf(thrown), message && `: ${message}`, known ? "" : ` (${code})`].join("");
}

/** An error's own code, or that of the first error behind it: `ECONNREFUSED`. `""` where there is none. */
export function codeOf(thrown: unknown, depth = 0): string {
  const own = read(thrown, "code");
  if ((typeof own === "string" || typeof own === "number") && PLAIN_CODE.test(String(own)))
    return String(own);
  const behind = firstOf(thrown) ?? read(thrown, "cause");
  return behind === undefined || depth === MAX_DEPTH ? "" : codeOf(behind, depth + 1);
}

function nameOf(thrown: unknown): string {
  if (typeof thrown !== "object" || thrown === null) return typeof thrown;
  const name = read(thrown, "name") ?? read(read(thrown, "constructor"), "name");
  return typeof name === "string" && PLAIN_NAME.test(name) ? name : "Error";
}

function messageOf(thrown: unknown, depth = 0): string {
  const message = typeof thrown === "string" ? thrown : read(thrown, "message");
  if (typeof message === "string" && message.trim() !== "") return cleanLine(message);
  const behind = firstOf(thrown);
  return behind === undefined || depth === MAX_DEPTH ? "" : messageOf(behind, depth + 1);
}

/** The first of the errors that an AggregateError stands for; it often has no message of its own. */
function firstOf(thrown: unknown): unknown {
  const errors = read(thrown, "errors");
  return Array.isArray(errors) ? errors[0] : undefined;
}

/** The first line of a foreign text, without what looks like a person's data or a secret. */
export function cleanLine(text: string): string {
  const line =
    text
      .trimStart()
      .slice(0, 4 * MAX_LINE)
      .split(/[\r\n]/)[0] ?? "";
  const clean = CLEANING.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), line);
  return clean.length > MAX_LINE
    ? `${clean.slice(0, MAX_LINE).toWellFormed()}…`
    : clean.trim().toWellFormed();
}

/** The lines of a stack below its message; the message itself may have lines that only look like them. */
function framesOf(thrown: unknown): readonly string[] {
  const stack = read(thrown, "stack");
  const message = read(thrown, "message");
  if (typeof stack !== "string" || typeof message !== "string" || !stack.includes(message)) return [];
  const below = stack.slice(stack.indexOf(message) + message.length);
  return below.match(/^ {4}at [^\n]{1,300}/gm)?.slice(0, MAX_FRAMES) ?? [];
}

/** A property of anything that was thrown; a getter of it may throw in turn. */
function read(thrown: unknown, name: string): unknown {
  try {
    return thrown === undefined || thrown === null ? undefined : Reflect.get(Object(thrown), name);
  } catch {
    return undefined;
  }
}
