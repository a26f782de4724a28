import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { ownPostgres, postgresService } from "../../test/support/services.ts";
import { Unexpected } from "./shopper.ts";

/** A PostgreSQL that answers, and what ends it if it was started for us. */
export interface Postgres {
  readonly url: string;
  end(): Promise<void>;
}

/** An empty database, and what removes it. */
export interface Database {
  readonly url: string;
  query(sql: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  drop(): Promise<void>;
}

const STARTING_UP = "57P03";
const STARTS_WITHIN_MS = 15_000;
const LOOK_MS = 50;
const HOW_TO = `Install it (Debian and Ubuntu: apt-get install postgresql), or name one in which databases may be made:
  DATABASE_URL=postgres://user:password@host:5432/postgres`;

/** DATABASE_URL, else one on this machine that lets us in, else one that is installed and started here. */
export async function findPostgres(): Promise<Postgres> {
  const found = await postgresService().catch((error: Error) => ({ missing: error.message }));
  if ("missing" in found) {
    throw new Unexpected(`The order service needs a PostgreSQL, and there is none: no DATABASE_URL, nothing on port 5432,
and none is installed that could be started. ${HOW_TO}`);
  }
  const refusal = await refusalOf(found.url);
  if (refusal === undefined) return found;
  await found.end();
  if (process.env.DATABASE_URL) throw new Unexpected(`DATABASE_URL leads to no PostgreSQL: ${refusal}.`);
  return ownPostgres().catch(() => {
    throw new Unexpected(`The PostgreSQL on port 5432 does not let the demo in: ${refusal}. ${HOW_TO}`);
  });
}

async function refusalOf(url: string): Promise<string | undefined> {
  try {
    await (await connect(url)).end();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  }
}

/** A server that has just been started listens before it lets anybody in. */
async function connect(url: string): Promise<Client> {
  const patience = Date.now() + STARTS_WITHIN_MS;
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => {});
      if (Reflect.get(Object(error), "code") !== STARTING_UP || Date.now() > patience) throw error;
      await pause(LOOK_MS);
    }
  }
}

/** Makes a database of its own on a server. */
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
