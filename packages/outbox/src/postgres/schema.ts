/** The newest version of the tables. */
export const SCHEMA_VERSION = 1;

// One entry a version, applied in order; what has been published is never changed.
const VERSIONS: readonly ((schema: string) => string)[] = [
  (schema) => `
    CREATE TABLE ${schema}.outbox (
      key           bytea PRIMARY KEY,                        -- SHA-256 of merchant ID and order number
      status        text NOT NULL CHECK (status IN ('pending', 'dead', 'delivered', 'removed')),
      kind          text NOT NULL,                            -- order, click or rejected
      order_number  text NOT NULL,                            -- empty once settled
      body          text NOT NULL,                            -- JSON for AvantLink, byte for byte; empty once settled
      accepted_at   timestamptz NOT NULL,                     -- by the shop's clock; every other time is this server's
      attempts      integer NOT NULL DEFAULT 0,
      last_attempts text NOT NULL DEFAULT '[]',               -- JSON: the last three, with time and answer
      tried         boolean NOT NULL DEFAULT false,           -- fresh orders overtake those that were tried
      due           timestamptz NOT NULL,
      scheduled_at  timestamptz NOT NULL,                     -- when due was decided
      lease         integer NOT NULL DEFAULT 0,               -- the number of the lease
      leased_until  timestamptz NOT NULL DEFAULT '-infinity', -- in no index, so that a lease moves no index entry
      reason        text,                                     -- JSON: why a dead letter was given up
      settled_at    timestamptz,                              -- delivered, removed or given up
      content_hash  text,
      currency      text,
      subtotal      numeric,
      lines         integer
    ) WITH (fillfactor = 80);

    CREATE INDEX outbox_due ON ${schema}.outbox (tried, due) WHERE status = 'pending';
    CREATE INDEX outbox_waiting ON ${schema}.outbox (accepted_at) WHERE status = 'pending';
    CREATE INDEX outbox_dead ON ${schema}.outbox (settled_at) WHERE status = 'dead';
    CREATE INDEX outbox_settled ON ${schema}.outbox (settled_at) WHERE status IN ('delivered', 'removed');

    -- Counts of what was settled, since its rows go after 400 days. Several rows, so that workers do not queue for one.
    CREATE TABLE ${schema}.outbox_count (
      slot      integer PRIMARY KEY,
      delivered bigint NOT NULL,
      removed   bigint NOT NULL
    );`,
];

/** The statement that makes the tables, or brings older ones up to date. It may be run at any time, by anybody. */
export function schemaSql(schema: string): string {
  const steps = VERSIONS.map(
    (version, index) => `
  IF current < ${index + 1} THEN${version(schema)}
  END IF;`,
  );
  const name = `'${schema.replaceAll('"', "")}'`;
  return `DO $avantlink$
DECLARE current integer;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('avantlink-s2s ' || ${name}));
  -- Read from the catalog's tables: functions such as to_regclass may answer from before the lock.
  IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = ${name}) THEN CREATE SCHEMA ${schema}; END IF;
  -- A restore may have left the comment out.
  SELECT coalesce(substring(obj_description(c.oid, 'pg_class') FROM '\\d+$')::integer,
    (SELECT 1 FROM pg_class WHERE relnamespace = n.oid AND relname = 'outbox_count')) INTO current
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ${name} AND c.relname = 'outbox';
  current := coalesce(current, 0);
${steps.join("\n")}

  IF current < ${SCHEMA_VERSION} THEN
    COMMENT ON TABLE ${schema}.outbox IS 'Orders for AvantLink. Schema version ${SCHEMA_VERSION}';
  END IF;
END
$avantlink$`;
}

/**
 * The version of the tables, whether they may be written, the rights on them that the user lacks, and the server's
 * settings that may lose what it committed.
 */
export function inspectSql(schema: string): string {
  return `SELECT
    coalesce(substring(obj_description(to_regclass('${schema}.outbox'), 'pg_class') FROM '\\d+$')::integer,
      (num_nulls(to_regclass('${schema}.outbox'), to_regclass('${schema}.outbox_count')) = 0)::integer) AS version,
    current_setting('transaction_read_only') AS read_only,
    (SELECT string_agg(wanted || ' on ' || name, ', ')
     FROM unnest(ARRAY['outbox', 'outbox_count']) AS name, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS wanted
     WHERE NOT has_table_privilege(to_regclass('${schema}.' || name), wanted)) AS lacking,
    (SELECT string_agg(name, ', ' ORDER BY name) FROM pg_settings
     WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off') AS weak`;
}
