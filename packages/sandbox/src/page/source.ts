import type { IncomingMessage } from "node:http";
import type { Answer } from "../answers.ts";
import type { Finding } from "../records.ts";

/** What feeds the page: the sandbox with what arrived, the desk with an outbox. */
export interface PageSource {
  /** Everything that the page shows, apart from the one item that is open. */
  view(query: ListQuery): View | Promise<View>;
  /** The item that is open; nothing when there is no such item (any more). */
  detail(id: string): Detail | undefined | Promise<Detail | undefined>;
  /** An item's body, where it is shown only when asked for. */
  body?(id: string): Promise<string | undefined>;
  /** Calls back whenever the page may have to show something else; returns what ends that. */
  subscribe(changed: () => void): () => void;
  /** Answers a request that changes something. Absent: the page reads only. */
  control?(path: string, request: IncomingMessage): Promise<Answer | undefined>;
}

/** Which part of the list is asked for. */
export interface ListQuery {
  /** The `id` of a filter. */
  readonly show: string;
  /** Text that an item must hold, in any case. */
  readonly search: string;
  /** The `next` of the page before; empty for the first page. */
  readonly page: string;
}

/** The list, and what stands around it. */
export interface View {
  /** The page's heading. */
  readonly name: string;
  /** What the list's items are called: `request`. */
  readonly item: string;
  /** What the list can be narrowed to. */
  readonly filters: readonly { readonly id: string; readonly label: string; readonly count: number }[];
  readonly list: Listing;
  /** The sandbox's own parts of the page. */
  readonly sandbox?: SandboxView;
  /** The desk's own parts of the page. */
  readonly desk?: DeskView;
}

/** A page of the list. */
export interface Listing {
  readonly rows: readonly Row[];
  /** How many items match, on all pages. */
  readonly total: number;
  /** How many of them stand before the first row. */
  readonly skipped: number;
  /** What asks for the next page; absent on the last one. */
  readonly next?: string;
  /** What the reader must know about the search. */
  readonly remark?: string;
}

/** How good or bad something is. */
export type Tone = "good" | "bad" | "fault" | "waiting";

/** The page's word for an item, and words of strangers, each apart so that none turns the others around. */
export interface Title {
  readonly word: string;
  readonly name?: string;
  readonly amount?: string;
}

/** One line of the list. */
export interface Row {
  readonly id: string;
  readonly title: Title;
  /** ISO 8601. */
  readonly at: string;
  readonly note: string;
  readonly tone: Tone;
  readonly brief: string;
  /** What is louder than the brief: `2 warnings`. */
  readonly marks: readonly Mark[];
}

export interface Mark {
  readonly severity: Finding["severity"];
  readonly text: string;
}

/** The item that is open. */
export type Detail = RequestDetail | LifeDetail;

interface Headed {
  readonly id: string;
  readonly title: Title;
  /** ISO 8601. */
  readonly at: string;
  readonly outcome: { readonly tone: Tone; readonly sentence: string };
}

/** Everything that the page shows of a request to the sandbox. */
export interface RequestDetail extends Headed {
  readonly kind: "request";
  readonly endpoint: "order" | "click" | "event" | "unknown";
  readonly merchantId: string;
  readonly marks: readonly Mark[];
  readonly findings: readonly Finding[];
  readonly fields: readonly FieldNote[];
  /** Of an order that was taken: the click that it is attributed to, or `null`. */
  readonly click?: ClickNote | null;
  /** Of a click: the orders that are attributed to it. */
  readonly orders?: readonly Reference[];
  /** The other requests with the same order number. */
  readonly sameNumber?: readonly Reference[];
  readonly head: string;
  readonly raw: string;
  readonly curl: string;
  /** A test that expects the same; absent for what was not taken. */
  readonly test?: string;
}

/** A field of a request beside what the article says of it. */
export interface FieldNote {
  readonly path: string;
  /** The value as JSON, cut when long; absent when the field is missing. */
  readonly value?: string;
  readonly required: boolean;
  /** What the article says; empty for a field that it does not have. */
  readonly says: string;
}

/** Another request, by name. */
export interface Reference {
  readonly id: string;
  readonly title: string;
  readonly at: string;
}

export interface ClickNote extends Reference {
  /** What order and click share, and its value. */
  readonly sharedField: string;
  readonly shared: string;
  readonly landing: string;
  readonly referrer: string;
}

/** The life of an order in an outbox. */
export interface LifeDetail extends Headed {
  readonly kind: "life";
  readonly facts: readonly (readonly [name: string, value: string])[];
  /** The last attempts, oldest first. */
  readonly attempts: readonly { readonly at: string; readonly answer: string }[];
  /** What is wrong with the order, field by field. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];
  /** What can be done, for a terminal. */
  readonly commands: readonly { readonly label: string; readonly command: string }[];
  /** Whether the body is still there to be asked for. */
  readonly hasBody: boolean;
}

export interface SandboxView {
  readonly url: string;
  /** How many requests are kept, of them orders, and how many were forgotten to make room. */
  readonly counts: { readonly requests: number; readonly orders: number; readonly dropped: number };
  readonly faults: readonly { readonly id: string; readonly says: string; readonly left?: number }[];
  readonly steps: readonly Step[];
  /** How many requests "Undo" would bring back. */
  readonly undo: number;
}

/** One line of the checklist "ready to go live". */
export interface Step {
  readonly id: string;
  readonly label: string;
  /** Seen; not seen yet; something speaks against it; or nothing that the sandbox can see on its own. */
  readonly state: "done" | "open" | "wrong" | "by-hand";
  /** How to get there, or what was seen. */
  readonly hint: string;
  /** The record that shows it, and the request that brought it. */
  readonly shownBy?: { readonly id: string; readonly request: string };
}

export interface DeskView {
  /** Where the outbox is, without a password. */
  readonly place: string;
  readonly figures: readonly Figure[];
  /** The last hours, oldest first; empty while they are not known. */
  readonly hours: readonly Hour[];
  /** What the outbox reported. */
  readonly problems: readonly string[];
}

export interface Figure {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: Tone;
}

/** What became of the orders that were accepted in one hour. */
export interface Hour {
  /** When it began, ISO 8601. */
  readonly at: string;
  readonly delivered: number;
  readonly waiting: number;
  /** Dead letters, and what was removed. */
  readonly dead: number;
}
