import type { IncomingMessage } from "node:http";
import type { Answer } from "../answers.ts";
import { SandboxError } from "../errors.ts";
import { type Fault, type Faults, parseFault } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import { json } from "../page/serve.ts";
import type { PageSource } from "../page/source.ts";
import { readBody } from "../request-body.ts";
import { detailOf } from "./detail.ts";
import { list } from "./listing.ts";
import { describeFault } from "./outcome.ts";
import { readiness } from "./readiness.ts";

const MAX_FAULT_BYTES = 65_536;

/** The page over what the sandbox keeps. */
export function sandboxPage(ledger: Ledger, faults: Faults, url: () => string): PageSource {
  let undo:
    | { readonly count: number; readonly lifted: readonly Fault[]; readonly restore: () => void }
    | undefined;

  function startOver(): void {
    const lifted = faults.active.map(({ fault, left }) =>
      left === undefined ? fault : { ...fault, times: left },
    );
    undo = { count: ledger.requests.length, lifted, restore: ledger.clear() };
    faults.liftAll();
  }

  function bringBack(): void {
    const last = undo;
    undo = undefined;
    for (const fault of last?.lifted.toReversed() ?? []) faults.set(fault);
    last?.restore();
  }

  async function setFault(request: IncomingMessage): Promise<Answer> {
    const read = await readBody(request, MAX_FAULT_BYTES);
    if (read.kind !== "read") return json(413, { error: "This fault is too large." });
    try {
      return json(201, { id: faults.set(parseFault(JSON.parse(read.bytes.toString("utf8")))) });
    } catch (error) {
      if (!(error instanceof SandboxError) && !(error instanceof SyntaxError)) throw error;
      return json(400, { error: error.message });
    }
  }

  return {
    subscribe: (changed) => ledger.subscribe(changed),
    detail(id) {
      const found = ledger.request(id);
      return found && detailOf(ledger, url(), found);
    },
    view: (query) => ({
      name: "AvantLink sandbox",
      item: "request",
      ...list(ledger, query),
      sandbox: {
        url: url(),
        counts: {
          requests: ledger.requests.length,
          orders: ledger.orders.length,
          dropped: ledger.dropped,
        },
        faults: faults.active.map(({ id, fault, left }) => ({
          id,
          says: describeFault(fault),
          ...(left !== undefined && { left }),
        })),
        steps: readiness(ledger),
        undo: undo?.count ?? 0,
      },
    }),
    async control(path, request) {
      const [, collection, id] = /^\/api\/(\w+)(?:\/([\w-]+))?$/.exec(path) ?? [];
      const controls: Readonly<Record<string, () => void>> = {
        "DELETE faults": () => (id === undefined ? faults.liftAll() : faults.lift(id)),
        "DELETE requests": startOver,
        "POST undo": bringBack,
      };
      const asked = `${request.method} ${collection}`;
      if (asked === "POST faults") return setFault(request);
      if (!Object.hasOwn(controls, asked)) return undefined;
      controls[asked]?.();
      return json(200, {});
    },
  };
}
