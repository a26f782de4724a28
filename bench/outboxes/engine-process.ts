// What is underneath our outboxes, used as one would use it alone, in a process of its own.
import { DatabaseSync } from "node:sqlite";
import type { OutboxJob } from "@avantlink-s2s/core";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { Pool as PostgresPool } from "pg";
import { Pool } from "undici";
import type { OutboxAddress } from "../../test/support/outboxes.ts";
import { serve } from "../child-process.ts";
import { MERCHANT_ID } from "../orders.ts";
import { jobsOf } from "./jobs.ts";
import { type Accept, inBursts, loopDelay, oneAtATime } from "./pace.ts";

const prefix = `E${process.pid}-`;
let accept: Accept;
/** A burst as one write, where the engine has such a thing: the limit for bursts. */
let acceptTogether: (jobs: readonly OutboxJob[]) => unknown;
let numbered = 0;

function jobs(count: number): readonly OutboxJob[] {
  const made = jobsOf(numbered, count, prefix);
  numbered += count;
  return made;
}

const methods = {
  async open(address: OutboxAddress) {
    if (address.kind === "sqlite") {
      const database = new DatabaseSync(address.path);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      database.exec("CREATE TABLE orders (key TEXT PRIMARY KEY, body TEXT NOT NULL, at INTEGER NOT NULL)");
      const insert = database.prepare("INSERT INTO orders VALUES (?, ?, ?)");
      accept = ({ key, body, acceptedAt }) => insert.run(key, body, acceptedAt);
      acceptTogether = (all) => {
        database.exec("BEGIN IMMEDIATE");
        for (const job of all) accept(job);
        database.exec("COMMIT");
      };
    } else if (address.kind === "bullmq") {
      const queue = new Queue(address.queue, {
        connection: new Redis(address.url, { maxRetriesPerRequest: null }),
        prefix: "{avantlink}",
      });
      await queue.waitUntilReady();
      accept = ({ body }) => queue.add("order", body);
      acceptTogether = (all) => queue.addBulk(all.map(({ body }) => ({ name: "order", data: body })));
    } else {
      const pool = new PostgresPool({ connectionString: address.url });
      const table = `${address.schema}.bare`;
      await pool.query(`CREATE SCHEMA ${address.schema}`);
      await pool.query(
        `CREATE TABLE ${table} (key text PRIMARY KEY, body text NOT NULL, at bigint NOT NULL)`,
      );
      accept = ({ key, body, acceptedAt }) =>
        pool.query(`INSERT INTO ${table} VALUES ($1, $2, $3)`, [key, body, acceptedAt]);
      acceptTogether = (all) =>
        pool.query(`INSERT INTO ${table} SELECT * FROM unnest($1::text[], $2::text[], $3::bigint[])`, [
          all.map(({ key }) => key),
          all.map(({ body }) => body),
          all.map(({ acceptedAt }) => acceptedAt),
        ]);
    }
  },
  oneAtATime: async (count: number) => oneAtATime(jobs(count), accept),
  inBursts: async (count: number) => inBursts(jobs(count), accept),
  async together(count: number) {
    const all = jobs(count);
    const started = performance.now();
    for (let from = 0; from < count; from += 100) await acceptTogether(all.slice(from, from + 100));
    return (count * 1_000) / (performance.now() - started);
  },
  async loopDelay({ seconds, rate }: { seconds: number; rate: number }) {
    const all = jobs(seconds * rate * 2);
    return loopDelay(seconds, rate, (number) => {
      const job = all[number];
      return job && accept(job);
    });
  },
  /** A bare undici pool that posts ready bodies, as many at a time as our deliveries. */
  async post({ count, endpoint, concurrency }: { count: number; endpoint: string; concurrency: number }) {
    const bodies = jobs(count).map(({ body }) => body);
    const pool = new Pool(endpoint, { connections: concurrency });
    const path = `/merchants/${MERCHANT_ID}/tracking/order`;
    const headers = { "content-type": "application/json", accept: "application/json" };
    let next = 0;
    const started = performance.now();
    const cpu = process.cpuUsage();
    const worker = async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const answer = await pool.request({ path, method: "POST", headers, body });
        await answer.body.text();
      }
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
    const ms = performance.now() - started;
    const { user, system } = process.cpuUsage(cpu);
    await pool.close();
    return { ms, cpuMs: (user + system) / 1_000 };
  },
};

export type EngineMethods = typeof methods;
serve(methods);
