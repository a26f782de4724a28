import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { PostgresClient } from "@avantlink-s2s/outbox/postgres";
import { PGlite } from "@electric-sql/pglite";
import { Pool } from "pg";
import postgres from "postgres";
import { httpQuery } from "./http-query.ts";
import { pgbouncerIsMissing, startPgbouncer } from "./pgbouncer.ts";

/** A client of a PostgreSQL, as a shop would give it. */
export interface TestClient {
  readonly query: PostgresClient;
  /** Runs SQL beside the outbox, where the client brings a database of its own. */
  readonly own?: (sql: string, params?: string[]) => Promise<{ readonly rows: readonly unknown[] }>;
  end(): Promise<unknown>;
}

interface ClientRecipe {
  readonly name: string;
  readonly connect: (url: string) => Promise<TestClient>;
  /** Why it cannot be had here. */
  readonly missing?: () => Promise<string | undefined>;
  /** Why no other process reaches its database. */
  readonly alone?: string;
}

async function onPg(connectionString: string): Promise<TestClient> {
  const pool = new Pool({ connectionString });
  pool.on("error", () => {});
  return { query: pool, end: () => pool.end() };
}

async function onPostgresJs(url: string): Promise<TestClient> {
  // Through a pooler names of prepared statements mean nothing.
  const sql = postgres(url, { prepare: false, onnotice: () => {} });
  return { query: sql, end: () => sql.end() };
}

async function throughPgbouncer(
  url: string,
  connect: (url: string) => Promise<TestClient>,
): Promise<TestClient> {
  const pooler = await startPgbouncer(url);
  const client = await connect(pooler.url);
  return {
    query: client.query,
    async end() {
      await client.end();
      await pooler.end();
    },
  };
}

/** A server that runs each request's statement on whichever connection. */
export async function sqlOverHttp(
  connectionString: string,
): Promise<{ readonly url: string; end(): Promise<void> }> {
  const pool = new Pool({ connectionString });
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const { sql, params } = JSON.parse(Buffer.concat(chunks).toString());
    try {
      const { rows } = await pool.query(sql, params);
      response.end(JSON.stringify({ rows }));
    } catch (cause) {
      response.statusCode = 400;
      response.end(JSON.stringify({ code: Reflect.get(Object(cause), "code") }));
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async end() {
      server.closeAllConnections();
      server.close();
      await pool.end();
    },
  };
}

async function overHttp(connectionString: string): Promise<TestClient> {
  const { url, end } = await sqlOverHttp(connectionString);
  return { query: httpQuery(url), end };
}

async function onPglite(): Promise<TestClient> {
  const database = await PGlite.create();
  return {
    query: database,
    own: (sql, params = []) => database.query(sql, params),
    end: () => database.close(),
  };
}

/** Every client that the outbox is proved on. */
export const CLIENTS: readonly ClientRecipe[] = [
  { name: "pg", connect: onPg },
  {
    name: "pg through PgBouncer",
    connect: (url) => throughPgbouncer(url, onPg),
    missing: pgbouncerIsMissing,
  },
  { name: "postgres.js", connect: onPostgresJs },
  {
    name: "postgres.js through PgBouncer",
    connect: (url) => throughPgbouncer(url, onPostgresJs),
    missing: pgbouncerIsMissing,
  },
  { name: "SQL over HTTP", connect: overHttp },
  { name: "PGlite", connect: onPglite, alone: "its database is one process's own" },
];
