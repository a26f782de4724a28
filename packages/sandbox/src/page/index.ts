import type { IncomingMessage, ServerResponse } from "node:http";
import type { Faults } from "../faults.ts";
import type { Ledger } from "../ledger.ts";
import { refusalOf } from "./guard.ts";

export interface PageOptions {
  readonly ledger: Ledger;
  readonly faults: Faults;
  readonly reset: () => void;
}

export class Page {
  constructor(_options: PageOptions) {}

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refused = refusalOf(request);
    response.writeHead(refused === undefined ? 200 : 403, { "Content-Type": "text/plain" });
    response.end(refused ?? "AvantLink sandbox");
  }
}
