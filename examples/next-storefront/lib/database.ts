import { DatabaseSync } from "node:sqlite";
import { type Orders, openOrders } from "storefront/orders.ts";
import { openPayments, type Payments } from "./payments.ts";
import { openSessions, type Sessions } from "./sessions.ts";

/** What the shop keeps. */
export interface Store {
  readonly orders: Orders;
  readonly payments: Payments;
  readonly sessions: Sessions;
}

const OPEN = Symbol.for("storefront.database");

/** The shop's database, opened when it is first needed: never during a build, and once a process. */
export function store(): Store {
  // Next bundles this module several times, so what there should be one of hangs on the process.
  const known: Store | undefined = Reflect.get(globalThis, OPEN);
  if (known) return known;
  const database = new DatabaseSync(process.env.DATABASE_PATH ?? "shop.sqlite");
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 2000");
  const opened: Store = {
    orders: openOrders(database),
    payments: openPayments(database),
    sessions: openSessions(database),
  };
  Reflect.set(globalThis, OPEN, opened);
  return opened;
}
