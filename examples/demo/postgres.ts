import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { ownPostgres, postgresService } from "../../test/support/services.ts";
import { Unexpected } from "./shopper.ts";

/** A PostgreSQL server. `end` stops it only if it was started here. */
export interface Postgres {
  readonly url: string;
  end(): Promise<void>;
}

/** An empty database. */
export interface Database {
  readonly url: string;
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  drop(): Promise<void>;
}

const STARTING_UP = "57P03";
const STARTS_WITHIN_MS = 15_000;
const POLL_MS = 50;
const HOW_TO = `Install it (Debian and Ubuntu: apt-get install postgresql), or set DATABASE_URL to a server on which the demo may create a database:
  DATABASE_URL=postgres://user:password@host:5432/postgres`;

/** DATABASE_URL, else the server on this machine if it accepts a login, else an installed server that is started here. */
export async function findPostgres(): Promise<Postgres> {
  const found = await postgresService().catch((error: Error) => ({ missing: error.message }));
  if ("missing" in found) {
    throw new Unexpected(`The order service needs a PostgreSQL, and there is none: no DATABASE_URL, nothing on port 5432,
and none is installed that could be started. ${HOW_TO}`);
  }
  const fault = await loginFault(found.url);
  if (fault === undefined) return found;
  await found.end();
  if (process.env.DATABASE_URL) throw new Unexpected(`DATABASE_URL leads to no PostgreSQL: ${fault}.`);
  return ownPostgres().catch(() => {
    throw new Unexpected(`The PostgreSQL on port 5432 rejects the login of the demo: ${fault}. ${HOW_TO}`);
  });
}

async function loginFault(url: string): Promise<string | undefined> {
  try {
    await (await connect(url)).end();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

/** Connects, and waits for a server that has just started and does not accept logins yet. */
async function connect(url: string): Promise<Client> {
  const deadline = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (Reflect.get(Object(error), "code") !== STARTING_UP || Date.now() > deadline) throw error;
      await pause(POLL_MS);
    }
  }
}

/** Creates a new database on a server. */
export async function makeDatabase(server: string, prefix: string): Promise<Database> {
  const name = `${prefix}_${randomUUID().slice(0, 8)}`;
  await runOn(server, `CREATE DATABASE ${name}`);
  const address = new URL(server);
  address.pathname = `/${name}`;
  return {
    url: address.href,
    query: (sql) => runOn(address.href, sql),
    drop: async () => void (await runOn(server, `DROP DATABASE ${name} WITH (FORCE)`)),
  };
}

async function runOn(url: string, sql: string) {
  const client = await connect(url);
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
