// An engine without an outbox, and a pool of connections without a tracker, in a process of their own.
import { DatabaseSync } from "node:sqlite";
import type { OutboxJob } from "@avantlink-s2s/core";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { Pool as PostgresPool } from "pg";
import { Pool } from "undici";
import type { OutboxAddress } from "../../test/support/outboxes.ts";
import { serve } from "../frame/remote.ts";
import { inBursts, jobsOf } from "../jobs.ts";
import { MERCHANT_ID } from "../orders.ts";

const COLUMNS = "(key text PRIMARY KEY, body text NOT NULL, at bigint NOT NULL)";
let put: (job: OutboxJob) => unknown;
let numbered = 0;

function jobs(count: number): readonly OutboxJob[] {
  numbered += count;
  return jobsOf(numbered - count, count);
}

const methods = {
  async open(address: OutboxAddress) {
    if (address.kind === "sqlite") {
      const database = new DatabaseSync(address.path);
      database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
      database.exec(`CREATE TABLE orders ${COLUMNS}`);
      const insert = database.prepare("INSERT INTO orders VALUES (?, ?, ?)");
      put = ({ key, body, acceptedAt }) => insert.run(key, body, acceptedAt);
    } else if (address.kind === "bullmq") {
      const connection = new Redis(address.url, { maxRetriesPerRequest: null });
      const queue = new Queue(address.queue, { connection, prefix: "{avantlink}" });
      await queue.waitUntilReady();
      put = ({ body }) => queue.add("order", body);
    } else {
      const pool = new PostgresPool({ connectionString: address.url });
      await pool.query(`CREATE SCHEMA ${address.schema}`);
      await pool.query(`CREATE TABLE ${address.schema}.bare ${COLUMNS}`);
      const insert = `INSERT INTO ${address.schema}.bare VALUES ($1, $2, $3)`;
      put = ({ key, body, acceptedAt }) => pool.query(insert, [key, body, acceptedAt]);
    }
  },
  inBursts: (count: number) => inBursts(jobs(count), put),
  /** Posts ready bodies, as many at a time as a tracker does; returns the milliseconds. */
  async post(asked: { readonly count: number; readonly endpoint: string; readonly concurrency: number }) {
    const bodies = jobs(asked.count).map(({ body }) => body);
    const pool = new Pool(asked.endpoint, { connections: asked.concurrency });
    const path = `/merchants/${MERCHANT_ID}/tracking/order`;
    const headers = { "content-type": "application/json", accept: "application/json" };
    let next = 0;
    const started = performance.now();
    const worker = async () => {
      for (let body = bodies[next++]; body !== undefined; body = bodies[next++]) {
        const answer = await pool.request({ path, method: "POST", headers, body });
        await answer.body.text();
      }
    };
    await Promise.all(Array.from({ length: asked.concurrency }, worker));
    const ms = performance.now() - started;
    await pool.close();
    return ms;
  },
};

export type EngineMethods = typeof methods;
serve(methods);
