import { Attribution } from "./attribution.ts";
import { checkBesideOthers } from "./checks/beside-others.ts";
import { valueAt } from "./checks/body-values.ts";
import { arrange, type CheckedRequest, check } from "./checks/index.ts";
import type { Endpoint } from "./contract.ts";
import type { ClickRecord, Finding, OrderRecord, ReceivedRequest, TrackingRecord } from "./records.ts";

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** How much is kept before the oldest goes. */
export interface Bounds {
  readonly records: number;
  readonly bytes: number;
}

/** Everything that arrived, in order. Calls its listeners after every change. */
export class Ledger {
  readonly clicks: ClickRecord[] = [];
  readonly orders: OrderRecord[] = [];
  readonly requests: ReceivedRequest[] = [];
  readonly #bounds: Bounds;
  readonly #now: () => number;
  readonly #byId = new Map<string, ReceivedRequest>();
  readonly #records = new Map<string, ClickRecord | OrderRecord>();
  readonly #firstOrders = new Map<string, OrderRecord>();
  readonly #attribution = new Attribution();
  readonly #listeners = new Set<() => void>();
  readonly #counts = { request: 0, click: 0, order: 0 };
  #bytes = 0;
  #dropped = 0;
  #isClosed = false;

  constructor(bounds: Bounds, now: () => number) {
    this.#bounds = bounds;
    this.#now = now;
  }

  /** How many requests are kept at most. */
  get maxRecords(): number {
    return this.#bounds.records;
  }

  /** Whether nothing will arrive any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
    this.changed();
  }

  /** How many requests were forgotten to stay within the bounds. */
  get dropped(): number {
    return this.#dropped;
  }

  request(id: string): ReceivedRequest | undefined {
    return this.#byId.get(id);
  }

  record(id: string | undefined): ClickRecord | OrderRecord | undefined {
    return this.#records.get(id ?? "");
  }

  /** Calls back after every change; returns what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listeners. */
  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Notes a request whose head has arrived. */
  open(
    head: Pick<ReceivedRequest, "endpoint" | "method" | "path" | "merchantId" | "rawHeaders">,
  ): ReceivedRequest {
    const request: ReceivedRequest = {
      id: `request-${++this.#counts.request}`,
      receivedAt: this.#time(),
      ...head,
      raw: "",
      state: "open",
    };
    this.requests.push(request);
    this.#byId.set(request.id, request);
    this.#trim();
    this.changed();
    return request;
  }

  /** Notes what became known of a request. */
  note(
    request: ReceivedRequest,
    news: Partial<Pick<ReceivedRequest, "raw" | "state" | "status" | "refused" | "findings" | "fault">>,
  ): void {
    if (news.raw !== undefined && this.#byId.has(request.id))
      this.#bytes += sizeOf(news.raw) - sizeOf(request.raw);
    Object.assign(request, news);
    this.#trim();
    this.changed();
  }

  /**
   * Takes a request as AvantLink would: records it, checks it, and attributes it when it is an order. Not a request that was
   * forgotten while its body was under way: a record goes with its request, and that one's would stay for ever.
   */
  take(request: ReceivedRequest, call: CheckedRequest): TrackingRecord | undefined {
    if (!this.#byId.has(request.id)) return undefined;
    const { merchantId, raw } = request;
    const { endpoint, headers, body } = call;
    const record = {
      id: `${endpoint}-${++this.#counts[endpoint]}`,
      request: request.id,
      receivedAt: this.#time(),
      merchantId,
      body,
      raw,
      headers,
      answered: false,
      ...this.#examine(request, call),
    };
    (endpoint === "click" ? this.clicks : this.orders).push(record);
    this.#index(endpoint, record);
    (request as Writable<ReceivedRequest>).record = record.id;
    this.#trim();
    this.changed();
    return record;
  }

  /** What is wrong with a call that is not taken. */
  findingsOf(request: ReceivedRequest, call: CheckedRequest): readonly Finding[] {
    return this.#examine(request, call).findings;
  }

  /** Notes that the sender got the success answer. */
  answered(record: TrackingRecord): void {
    (record as Writable<TrackingRecord>).answered = true;
  }

  /** Forgets everything, and returns what brings it back. The arrays stay the same arrays. */
  clear(): () => void {
    const lists: readonly unknown[][] = [this.requests, this.clicks, this.orders];
    const kept = lists.map((list) => list.splice(0));
    const dropped = this.#dropped;
    this.#dropped = 0;
    this.#indexAll();
    return () => {
      for (const [index, list] of lists.entries())
        for (const item of [...(kept[index] ?? []), ...list.splice(0)]) list.push(item);
      this.#dropped += dropped;
      this.#indexAll();
    };
  }

  /** Builds anew what finds the requests and records in the arrays. */
  #indexAll(): void {
    for (const map of [this.#byId, this.#records, this.#firstOrders, this.#attribution]) map.clear();
    for (const request of this.requests) this.#byId.set(request.id, request);
    for (const click of this.clicks) this.#index("click", click);
    for (const order of this.orders) this.#index("order", order);
    this.#bytes = this.requests.reduce((sum, { raw }) => sum + sizeOf(raw), 0);
    this.#trim();
    this.changed();
  }

  #index(endpoint: Endpoint, record: ClickRecord | OrderRecord): void {
    this.#records.set(record.id, record);
    const key = orderKey(record.merchantId, record.body);
    if (endpoint === "click") this.#attribution.add(record);
    else if (key !== "" && !this.#firstOrders.has(key)) this.#firstOrders.set(key, record);
  }

  /** What is wrong with a call, and what an order has to do with the requests before it. */
  #examine(
    { merchantId, raw }: ReceivedRequest,
    call: CheckedRequest,
  ): Pick<OrderRecord, "findings" | "repeatOf" | "click" | "attributedBy"> {
    const { endpoint, body } = call;
    if (endpoint === "click") return { findings: arrange(check(call)) };
    const first = this.#firstOrders.get(orderKey(merchantId, body));
    const attributed = this.#attribution.clickOf(merchantId, body);
    const isAnotherVisitor = this.#attribution.isAnotherVisitor(merchantId, body);
    const beside = checkBesideOthers(body, raw, { first, click: attributed?.click, isAnotherVisitor });
    return {
      findings: arrange([...check(call), ...beside]),
      ...(first !== undefined && { repeatOf: first.id }),
      ...(attributed !== undefined && { click: attributed.click.id, attributedBy: attributed.by }),
    };
  }

  /** A record goes with its request. The newest request stays, however large. */
  #trim(): void {
    const { records, bytes } = this.#bounds;
    while (this.requests.length > (this.#bytes > bytes ? 1 : records)) {
      const request = this.requests.shift();
      if (request === undefined) return;
      this.#dropped += 1;
      this.#bytes -= sizeOf(request.raw);
      this.#byId.delete(request.id);
      if (request.record !== undefined) this.#forget(request.record);
    }
  }

  #forget(id: string): void {
    const record = this.#records.get(id);
    this.#records.delete(id);
    if (record === undefined) return;
    for (const list of [this.orders, this.clicks]) {
      const index = list.indexOf(record);
      if (index >= 0) list.splice(index, 1);
    }
    this.#attribution.remove(record);
    const key = orderKey(record.merchantId, record.body);
    if (this.#firstOrders.get(key) === record) this.#firstOrders.delete(key);
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }
}

// What an empty array takes once it is parsed.
const BYTES_OF_A_VALUE = 64;

/** About how much memory a body takes, as text and parsed: short values are far larger than their text. */
function sizeOf(raw: string): number {
  let values = 0;
  for (let index = 0; index < raw.length; index += 1) {
    if (raw[index] === "," || raw[index] === "[" || raw[index] === "{") values += 1;
  }
  return raw.length + values * BYTES_OF_A_VALUE;
}

/** What makes two orders one; empty for an order without a number. */
function orderKey(merchantId: string, body: unknown): string {
  const number = valueAt(body, "order", "order_number");
  if (typeof number !== "string" && typeof number !== "number") return "";
  return JSON.stringify([merchantId.toLowerCase(), String(number).trim()]);
}
