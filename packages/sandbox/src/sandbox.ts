import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { rejected, send } from "./answers.ts";
import { endpoints } from "./endpoints.ts";
import { SandboxError } from "./errors.ts";
import { type Fault, Faults, parseFault } from "./faults.ts";
import { foreignRequest } from "./guard.ts";
import { rejection } from "./judgement.ts";
import { Ledger } from "./ledger.ts";
import { parseOptions, type SandboxOptions } from "./options.ts";
import { servePage } from "./page/serve.ts";
import { sandboxPage } from "./page-content/sandbox-page.ts";
import type { ClickRecord, OrderRecord, ReceivedRequest } from "./records.ts";
import { type WaitOptions, waitFor } from "./waits.ts";

/** A running stand-in for AvantLink's two endpoints. */
export interface Sandbox {
  /** The address to use as `endpoint`, and in a browser; no slash at its end. */
  readonly url: string;
  /** The clicks that were taken, in order; one for every request. */
  readonly clicks: readonly ClickRecord[];
  /** The orders that were taken, in order; one for every request, so that a repeat counts. */
  readonly orders: readonly OrderRecord[];
  /** Every request that reached an endpoint or was meant to, at another address, with what was answered; refused ones too. */
  readonly requests: readonly ReceivedRequest[];
  /** How many requests were forgotten because of `maxRecords`. */
  readonly dropped: number;
  /** Resolves with the clicks as soon as so many have been taken. */
  waitForClicks(count: number, options?: WaitOptions<ClickRecord>): Promise<ClickRecord[]>;
  /** Resolves with the orders as soon as so many have been taken. */
  waitForOrders(count: number, options?: WaitOptions<OrderRecord>): Promise<OrderRecord[]>;
  /** Resolves with the requests as soon as so many have arrived; ask for a `state` with `where`. */
  waitForRequests(count: number, options?: WaitOptions<ReceivedRequest>): Promise<ReceivedRequest[]>;
  /** Makes requests fail from now on; returns what lifts this fault. `null` lifts all. */
  fail(fault: Fault | null): () => void;
  /** Forgets what arrived and lifts all faults. */
  reset(): void;
  /** Stops listening and ends every connection, also those that hang. */
  close(): Promise<void>;
}

/** How much text of bodies is kept, whatever `maxRecords` says. */
const maxKeptBytes = 512 * 1024 * 1024;

/** Starts a stand-in for AvantLink's two endpoints on this machine, with a page at `/` that shows what arrives. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { port, host, maxRecords, maxBodyBytes, now, random } = parseOptions(options);
  const ledger = new Ledger({ records: maxRecords, bytes: maxKeptBytes }, now);
  const faults = new Faults(random, () => ledger.changed());
  const handle = endpoints(ledger, faults, maxBodyBytes);
  const page = sandboxPage(ledger, faults, () => urlOf(server, host));
  const server = createServer((request, response) => {
    const foreign = foreignRequest(request);
    if (foreign !== undefined) {
      request.resume();
      return void send(response, rejected(rejection(403, "host", foreign)));
    }
    const answered = isTracking(request)
      ? handle(request, response)
      : servePage(page, request, response, request.url ?? "/");
    answered.catch((error: unknown) => fallOver(response, error));
  });
  server.listen(port, host.replace(/^\[|\]$/g, ""));
  await once(server, "listening").catch((error) => {
    throw explain(error, port, host);
  });
  return {
    url: urlOf(server, host),
    clicks: ledger.clicks,
    orders: ledger.orders,
    requests: ledger.requests,
    get dropped() {
      return ledger.dropped;
    },
    waitForClicks: (count, wait) => waitFor(ledger, { list: ledger.clicks, name: "clicks", count }, wait),
    waitForOrders: (count, wait) => waitFor(ledger, { list: ledger.orders, name: "orders", count }, wait),
    waitForRequests: (count, wait) =>
      waitFor(ledger, { list: ledger.requests, name: "requests", count }, wait),
    fail(fault) {
      if (fault === null) {
        faults.liftAll();
        return () => {};
      }
      const id = faults.set(parseFault(fault));
      return () => faults.lift(id);
    },
    reset() {
      ledger.clear();
      faults.liftAll();
    },
    async close() {
      ledger.close();
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Whether a request was meant for AvantLink. One whose endpoint had a path is too, or it would be refused as a change to
 * the page and be seen nowhere.
 */
function isTracking({ url = "", method }: IncomingMessage): boolean {
  const [pathname = ""] = url.split("?", 1);
  return pathname.includes("/merchants/") || (method === "POST" && !pathname.startsWith("/api/"));
}

function fallOver(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const message = error instanceof Error ? error.message : String(error);
  send(response, rejected(rejection(500, "broken", `The sandbox itself failed: ${message}`)));
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): SandboxError {
  const reasons: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken. Stop what listens there, choose another port, or leave it out for a free one.`,
    EACCES: `Port ${port} may not be used by this user. Choose one above 1023, or leave it out for a free one.`,
    EADDRNOTAVAIL: `This machine has no address ${host}. Leave host out, or use 127.0.0.1.`,
  };
  const message =
    reasons[error.code ?? ""] ?? `The sandbox could not listen on ${host}, port ${port}: ${error.message}`;
  return new SandboxError("sandbox.port", message, { cause: error });
}

function urlOf(server: Server, host: string): string {
  const { port } = server.address() as AddressInfo;
  const bare = host.replace(/^\[|\]$/g, "");
  return `http://${bare.includes(":") ? `[${bare}]` : bare}:${port}`;
}
