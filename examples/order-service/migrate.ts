// Run once at each deploy, before the new processes start: `npm run migrate`.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { postgresSchema } from "@avantlink-s2s/outbox/postgres"; // AvantLink
import { inTransaction, openDatabase } from "./database.ts";
import { log } from "./log.ts";

const ONE_AT_A_TIME = 7_304_221;
const folder = join(import.meta.dirname, "migrations");

const pool = openDatabase();
await inTransaction(pool, async (client) => {
  await client.query("SELECT pg_advisory_xact_lock($1)", [ONE_AT_A_TIME]);
  await client.query("CREATE TABLE IF NOT EXISTS migrations (name text PRIMARY KEY)");
  const { rows } = await client.query<{ name: string }>("SELECT name FROM migrations");
  const done = new Set(rows.map(({ name }) => name));
  for (const name of (await readdir(folder)).sort()) {
    if (done.has(name)) continue;
    await client.query(await readFile(join(folder, name), "utf8"));
    await client.query("INSERT INTO migrations VALUES ($1)", [name]);
    log("info", "migrated", { name });
  }
});
await pool.query(postgresSchema()); // AvantLink: makes or updates the schema `avantlink`, in which orders wait
await pool.end();
