import { CommandError, EXIT } from "../exit-codes.ts";
import { shellWord } from "../terminal/wording.ts";
import type { Merchant } from "./merchant-options.ts";

/** The outbox of a command, as given. */
export interface OutboxOptions {
  readonly sqlite?: string | undefined;
  readonly redis?: string | undefined;
  readonly postgres?: string | undefined;
  /** The queue's name in Redis, if the shop has given it one. */
  readonly queue?: string | undefined;
  /** The schema in PostgreSQL, if the shop has given it one. */
  readonly schema?: string | undefined;
}

/** An outbox that a command names: a path or a URL. */
export interface NamedOutbox {
  readonly kind: "sqlite" | "redis" | "postgres";
  readonly at: string;
}

export const NAME_AN_OUTBOX =
  "Name one: --sqlite PATH, --redis URL or --postgres URL. Or set AVANTLINK_OUTBOX to sqlite:PATH, redis://… or postgres://…, which keeps a password out of the process list.";

/**
 * The outbox that the options name, otherwise AVANTLINK_OUTBOX.
 * @throws CommandError for more than one outbox
 */
export function namedOutbox(options: OutboxOptions, env: NodeJS.ProcessEnv): NamedOutbox | undefined {
  const [named, another] = (["sqlite", "redis", "postgres"] as const).flatMap((kind) => {
    const at = options[kind];
    return at === undefined ? [] : [{ kind, at }];
  });
  if (another) throw new CommandError(EXIT.usage, "More than one outbox is named.", NAME_AN_OUTBOX);
  return named ?? outboxInVariable(env.AVANTLINK_OUTBOX?.trim() ?? "");
}

function outboxInVariable(text: string): NamedOutbox | undefined {
  if (text === "") return undefined;
  const path = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(text)?.[1];
  if (path !== undefined) return { kind: "sqlite", at: path };
  if (/^rediss?:/.test(text)) return { kind: "redis", at: text };
  if (/^postgres(?:ql)?:/.test(text)) return { kind: "postgres", at: text };
  throw new CommandError(
    EXIT.usage,
    "AVANTLINK_OUTBOX names no outbox.",
    "Expected sqlite:PATH, redis://… or postgres://….",
  );
}

/**
 * The options that name the outbox again in a printed command, with a blank before each. They name the merchant and the
 * endpoint too, because a sandbox's orders must not go to AvantLink. Stars stand for a password: without the whole option,
 * the command would act on the outbox that the shell names.
 */
export function sameOutbox(options: OutboxOptions & Merchant): string {
  const { sqlite, redis, postgres, queue, schema, merchant, endpoint } = options;
  const given = Object.entries({ sqlite, redis, postgres, queue, schema, merchant, endpoint });
  return given
    .filter(([, value]) => value?.trim())
    .map(([name, value = ""]) => ` --${name} ${shellWord(withoutSecrets(value))}`)
    .join("");
}

/** An argument with `***` in the place of what may be a password, where it is an address. */
export function withoutSecrets(argument: string): string {
  if (!argument.includes("://")) return argument;
  const shown = argument.replace(/([?&][^=&]*(?:pass|secret|token|key)[^=&]*=)[^&]*/gi, "$1***");
  // In Redis's addresses, people write a password without its colon.
  if (/postgres(?:ql)?:\/\/[^:/?#@]*@[^@?#]*(?:[?#]|$)/.test(argument)) return shown;
  // A password may hold any sign; the parameters begin at the first name with a value.
  return shown.replace(/(:\/\/)([^:/?#@]*:)?(?:(?![?&][\w.-]+=).)*@/, "$1$2***@");
}
