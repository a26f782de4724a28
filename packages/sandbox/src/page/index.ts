import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, jsonAnswer, send } from "../answers.ts";
import { SandboxError } from "../errors.ts";
import { type Faults, parseFault } from "../faults.ts";
import { refusedByPage } from "../guard.ts";
import type { Ledger } from "../ledger.ts";
import { readBody } from "../request-body.ts";
import { assets } from "./assets.ts";
import { detailOf } from "./detail.ts";
import { type ListQuery, list } from "./listing.ts";
import { streamChanges } from "./live.ts";
import { describeFault } from "./outcome.ts";
import { readiness } from "./readiness.ts";

export interface PageOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  /** The sandbox's own address, once it listens. */
  readonly url: () => string;
  /** Forgets what arrived and lifts all faults. */
  readonly reset: () => void;
}

const maxFaultBytes = 65_536;

/** Nothing but our own files runs or is loaded, and text is never taken for markup. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const protection = {
  "Content-Security-Policy": contentSecurityPolicy,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Cross-Origin-Opener-Policy": "same-origin",
};

/** The page at `/`, what it is made of, and what it asks for. */
export class Page {
  readonly #ledger: Ledger;
  readonly #faults: Faults;
  readonly #url: () => string;
  readonly #reset: () => void;

  constructor({ ledger, faults, url, reset }: PageOptions) {
    this.#ledger = ledger;
    this.#faults = faults;
    this.#url = url;
    this.#reset = reset;
  }

  /** Answers a request to the page, or to what it asks for. */
  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    for (const [name, value] of Object.entries(protection)) response.setHeader(name, value);
    const answer = await this.#answer(request);
    if (answer === "changes") streamChanges(this.#ledger, request, response);
    else send(response, answer, request.method !== "HEAD");
  }

  async #answer(request: IncomingMessage): Promise<Answer | "changes"> {
    const refused = refusedByPage(request);
    if (refused !== undefined) return json(403, { error: refused });
    const { pathname, searchParams } = readUrl(request);
    const method = request.method === "HEAD" ? "GET" : request.method;
    const asset = method === "GET" ? assets.get(pathname) : undefined;
    if (asset !== undefined) {
      return {
        status: 200,
        headers: { "Content-Type": asset.type, "Cache-Control": "no-cache" },
        body: asset.text,
      };
    }
    const [, collection = "", id] = /^\/api\/(\w+)(?:\/([\w-]+))?$/.exec(pathname) ?? [];
    switch (`${method} ${collection}${id === undefined ? "" : "/id"}`) {
      case "GET changes":
        return "changes";
      case "GET view":
        return json(200, this.#view(searchParams));
      case "GET requests/id":
        return this.#request(id ?? "");
      case "DELETE requests":
        this.#reset();
        return json(200, {});
      case "POST faults":
        return this.#setFault(request);
      case "DELETE faults":
        this.#faults.liftAll();
        return json(200, {});
      case "DELETE faults/id":
        this.#faults.lift(id ?? "");
        return json(200, {});
      default:
        return json(404, { error: "There is nothing here. The page is at /." });
    }
  }

  #view(query: URLSearchParams): object {
    const { clicks, orders, requests, dropped } = this.#ledger;
    return {
      url: this.#url(),
      counts: { requests: requests.length, clicks: clicks.length, orders: orders.length, dropped },
      faults: this.#faults.active.map(({ id, fault, left }) => ({ id, left, says: describeFault(fault) })),
      steps: readiness(this.#ledger),
      list: list(this.#ledger, listQuery(query)),
    };
  }

  #request(id: string): Answer {
    const found = this.#ledger.request(id);
    if (found === undefined) return json(404, { error: `${id} is no longer kept, or never was.` });
    return json(200, detailOf(this.#ledger, this.#url(), found));
  }

  async #setFault(request: IncomingMessage): Promise<Answer> {
    const read = await readBody(request, maxFaultBytes);
    if (read.kind !== "read") return json(413, { error: "This fault is too large." });
    try {
      return json(201, { id: this.#faults.set(parseFault(JSON.parse(read.bytes.toString("utf8")))) });
    } catch (error) {
      if (!(error instanceof SandboxError) && !(error instanceof SyntaxError)) throw error;
      return json(400, { error: error.message });
    }
  }
}

function readUrl(request: IncomingMessage): URL {
  const here = "http://sandbox";
  return URL.canParse(request.url ?? "", here) ? new URL(request.url ?? "", here) : new URL(here);
}

function listQuery(query: URLSearchParams): ListQuery {
  const shown = (["order", "click", "refused", "findings"] as const).find(
    (name) => name === query.get("show"),
  );
  return {
    show: shown ?? "all",
    search: query.get("search") ?? "",
    before: query.get("before") ?? undefined,
  };
}

function json(status: number, value: object): Answer {
  return jsonAnswer(status, JSON.stringify(value), { "Cache-Control": "no-store" });
}
