import { z } from "zod";
import type { Endpoint } from "./contract.ts";
import { SandboxError, sentencesOf } from "./errors.ts";

/**
 * What goes wrong, and for which requests. One effect (`status`, `hang`, `reset`, `html`, `malformed`, `redirect`
 * or `success`), a delay, or both. A request that meets a fault is not taken unless `taken` says so; a delay alone
 * answers as usual, later.
 */
export interface Fault {
  /** Answer with this HTTP status; beside `html`, `malformed` and `redirect` it replaces theirs. */
  readonly status?: number;
  /** The answer's body beside `status`: text as it is, anything else as JSON. @default a short JSON error */
  readonly body?: unknown;
  /** Further headers of the answer, such as `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Wait this many milliseconds before answering. @default 0 */
  readonly delayMs?: number;
  /** Never answer. */
  readonly hang?: true;
  /** Reset the connection: once the body has been read (`true`), or before it is. */
  readonly reset?: true | "before-reading";
  /** Answer with a web page, as a proxy in front of a server does; status 200 unless given. */
  readonly html?: true;
  /** Answer with JSON that breaks off; status 200 unless given. */
  readonly malformed?: true;
  /** Answer with a redirect to this location; status 302 unless given. */
  readonly redirect?: string;
  /** Answer 200 with `{"success": false}`. */
  readonly success?: false;
  /** Record the request as taken, its success answer lost: the case in which a caller cannot know. @default false */
  readonly taken?: boolean;
  /** Only for this call. @default both */
  readonly on?: Endpoint;
  /** For so many requests, then it lifts itself. @default until lifted */
  readonly times?: number;
  /** For this share of the requests, from 0 to 1. @default 1 */
  readonly probability?: number;
}

const effects = ["hang", "reset", "html", "malformed", "redirect", "success"] as const;

const faultSchema = z
  .strictObject({
    status: z.int().min(200).max(599),
    body: z.unknown(),
    headers: z.record(z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/), z.string().regex(/^[\t\x20-\x7e]*$/)),
    delayMs: z.number().min(0).max(2_147_483_647),
    hang: z.literal(true),
    reset: z.literal([true, "before-reading"]),
    html: z.literal(true),
    malformed: z.literal(true),
    redirect: z.string().regex(/^[\x21-\x7e]+$/),
    success: z.literal(false),
    taken: z.boolean(),
    on: z.enum(["order", "click"]),
    times: z.int().min(1),
    probability: z.number().min(0).max(1),
  })
  .partial();

/** Checks a fault that came from a test or from the page. */
export function parseFault(input: unknown): Fault {
  const result = faultSchema.safeParse(input);
  if (!result.success) return no(`This fault cannot be set. ${sentencesOf(result.error, "fault")}`);
  const fault = Object.fromEntries(
    Object.entries(result.data).filter(([, value]) => value !== undefined),
  ) as Fault;
  const given = effects.filter((effect) => fault[effect] !== undefined);
  if (given.length > 1) return no(`A fault has one effect; this one has ${given.join(" and ")}.`);
  if (given.length === 0 && fault.status === undefined && fault.delayMs === undefined)
    return no(
      `A fault needs an effect: status, delayMs, ${effects.join(", ")}. To lift all faults, pass null.`,
    );
  if (fault.taken === true && fault.reset === "before-reading")
    return no('A request that is not read cannot be taken: use reset: true, or leave "taken" out.');
  return Object.freeze(fault);
}

function no(message: string): never {
  throw new SandboxError("sandbox.fault", message);
}

/** Whether the fault changes the answer, rather than only delaying it. */
export function changesAnswer(fault: Fault): boolean {
  return fault.status !== undefined || effects.some((effect) => fault[effect] !== undefined);
}

/** A fault that is on. */
export interface ActiveFault {
  /** Its name, for lifting it from the page. */
  readonly id: string;
  readonly fault: Fault;
  /** How many requests it is still for; absent when until lifted. */
  readonly left?: number;
}

/** The faults that are on. A request meets the newest fault that fits it. */
export class Faults {
  readonly #random: () => number;
  readonly #changed: () => void;
  #active: { id: string; fault: Fault; left: number }[] = [];
  #next = 1;

  constructor(random: () => number, changed: () => void) {
    this.#random = random;
    this.#changed = changed;
  }

  /** The faults that are on, newest first. */
  get active(): ActiveFault[] {
    return this.#active.map(({ id, fault, left }) => ({ id, fault, ...(Number.isFinite(left) && { left }) }));
  }

  set(fault: Fault): string {
    const id = `fault-${this.#next++}`;
    this.#active.unshift({ id, fault, left: fault.times ?? Number.POSITIVE_INFINITY });
    this.#changed();
    return id;
  }

  lift(id: string): void {
    this.#active = this.#active.filter((active) => active.id !== id);
    this.#changed();
  }

  liftAll(): void {
    this.#active = [];
    this.#changed();
  }

  /** The fault that this request meets, if any. */
  draw(endpoint: Endpoint): Fault | undefined {
    const met = this.#active.find(
      ({ fault }) =>
        (fault.on === undefined || fault.on === endpoint) &&
        (fault.probability === undefined || this.#random() < fault.probability),
    );
    if (met === undefined) return undefined;
    met.left -= 1;
    if (met.left === 0) this.lift(met.id);
    return met.fault;
  }
}
