import { REMEMBERED_MS } from "@avantlink-s2s/core";

// How long a worker that died holds its jobs. A delivery takes at most half of it.
const LEASE = "interval '30 s'";
// How many jobs are looked at for one part of a list.
const LISTED = 10_000;

// A key is 32 bytes in hexadecimal digits, stored in half their size for 400 days; any other key is stored as it is.
const bytesOf = (text: string) =>
  `CASE WHEN ${text} ~ '^[0-9a-f]{64}$' THEN decode(${text}, 'hex') ELSE convert_to(${text}, 'UTF8') END`;
const textOf = (key: string) =>
  `CASE length(${key}) WHEN 32 THEN encode(${key}, 'hex') ELSE convert_from(${key}, 'UTF8') END AS key`;

const JOB = `${textOf("key")}, status, kind, order_number, body, attempts, last_attempts, lease, reason,
    extract(epoch FROM accepted_at) * 1000 AS accepted_at,
    extract(epoch FROM greatest(due, leased_until)) * 1000 AS due_at,
    extract(epoch FROM settled_at) * 1000 AS settled_at,
    content_hash, currency, subtotal::float8 AS subtotal, lines`;

/**
 * The statements of the outbox. Each stands by itself: no session, no prepared name and no setting outlives it, so
 * that any connection of a pool will do. Every parameter is text and is cast here; lists are JSON.
 */
export function statements(schema: string) {
  const outbox = `${schema}.outbox`;

  // Erases a job and keeps what identifies nobody.
  const erased = "order_number = '', body = '', last_attempts = '[]', reason = NULL, settled_at = now()";

  // Pending, in words that no partial index has: jobs are found by their key, not by reading all that wait.
  const unsettled = "job.status NOT IN ('dead', 'delivered', 'removed')";

  // Counts what the statement settled, in one of sixteen rows, since the rows themselves go after 400 days.
  const counted = (from: string) => `
    INSERT INTO ${schema}.outbox_count AS total (slot, delivered, removed)
    SELECT floor(random() * 16), count(*) FILTER (WHERE status = 'delivered'), count(*) FILTER (WHERE status = 'removed')
    FROM ${from} HAVING count(*) FILTER (WHERE status IN ('delivered', 'removed')) > 0
    ON CONFLICT (slot) DO UPDATE
      SET delivered = total.delivered + excluded.delivered, removed = total.removed + excluded.removed`;

  const givenJobs = `
    SELECT ${bytesOf("given.key")} AS key, CASE WHEN reason IS NULL THEN 'pending' ELSE 'dead' END AS status, kind,
      order_number, body, to_timestamp(accepted_at / 1000.0) AS accepted_at, reason,
      CASE WHEN reason IS NOT NULL THEN now() END AS settled_at, content_hash, currency, subtotal, lines, place
    FROM json_to_recordset($1::text::json) AS given (key text, kind text, order_number text, body text,
      accepted_at float8, reason text, content_hash text, currency text, subtotal numeric, lines integer, place integer)`;

  const claim = (before: string) => `WITH ${before}fresh AS (
      SELECT key FROM ${outbox} WHERE status = 'pending' AND NOT tried AND leased_until <= now()
      ORDER BY due LIMIT $1::text::integer FOR UPDATE SKIP LOCKED
    ), tried AS (
      SELECT key FROM ${outbox} WHERE status = 'pending' AND tried AND due <= now() AND leased_until <= now()
      ORDER BY due LIMIT $1::text::integer - (SELECT count(*) FROM fresh) FOR UPDATE SKIP LOCKED
    )
    UPDATE ${outbox} SET lease = lease + 1, leased_until = now() + ${LEASE}
    WHERE key IN (SELECT key FROM fresh UNION ALL SELECT key FROM tried)
    RETURNING ${JOB}, tried, extract(epoch FROM due) AS due`;

  return {
    /**
     * Stores jobs whose keys are free. In the order of their keys, so that two processes with the same ones wait
     * for each other in one direction only. $2: how long a key in an open transaction is waited for.
     */
    put: `WITH given AS (${givenJobs}),
      patience AS MATERIALIZED (SELECT set_config('lock_timeout', $2::text, true))
    INSERT INTO ${outbox} (key, status, kind, order_number, body, accepted_at, reason, settled_at,
      content_hash, currency, subtotal, lines, due, scheduled_at)
    SELECT key, status, kind, order_number, body, accepted_at, reason, settled_at,
      content_hash, currency, subtotal, lines, now() + place * interval '1 microsecond', now()
    FROM patience, given ORDER BY key
    ON CONFLICT (key) DO NOTHING
    RETURNING ${textOf("key")}`,

    /**
     * Puts a job in a dead letter's place; $2: only if this is the letter's lease. The lease goes on, so that an earlier
     * lease of the letter's job is lost.
     */
    revive: `WITH given AS (${givenJobs})
    UPDATE ${outbox} AS letter
    SET status = given.status, kind = given.kind, order_number = given.order_number, body = given.body,
      accepted_at = given.accepted_at, reason = given.reason, settled_at = given.settled_at,
      content_hash = given.content_hash, currency = given.currency, subtotal = given.subtotal, lines = given.lines,
      attempts = 0, last_attempts = '[]', tried = false, due = now(), scheduled_at = now(),
      lease = letter.lease + 1, leased_until = '-infinity'
    FROM given WHERE letter.key = given.key AND letter.status = 'dead'
      AND letter.lease = coalesce($2::text::integer, letter.lease)
    RETURNING ${textOf("letter.key")}`,

    /** Leases at most $1 jobs that are due: fresh ones first, then those that were tried. */
    claim: claim(""),

    /**
     * The same once in a while, when nothing is due: it reads every job that waits. Jobs that were scheduled or leased by
     * a clock that has been set back since wait again for their own delay or lease, and keys that are older than 400 days
     * go, in small bites.
     */
    tendAndClaim: claim(`rescheduled AS (
      UPDATE ${outbox} SET due = least(due, now() + greatest(due - scheduled_at, interval '0')),
        scheduled_at = least(scheduled_at, now()), leased_until = least(leased_until, now() + ${LEASE})
      WHERE status = 'pending' AND greatest(scheduled_at, leased_until - ${LEASE}) > now() + interval '1 s'
    ), swept AS (
      DELETE FROM ${outbox} WHERE key IN (
        SELECT key FROM ${outbox}
        WHERE status IN ('delivered', 'removed') AND settled_at < now() - ${REMEMBERED_MS} * interval '1 ms'
        ORDER BY settled_at LIMIT 1000 FOR UPDATE SKIP LOCKED)
    ), `),

    /** Applies verdicts to jobs whose lease is their newest. */
    settle: `WITH verdict AS (
      SELECT ${bytesOf("given.key")} AS key, given.lease, given.status, wait * interval '1 ms' AS wait, counted,
        given.last_attempts, given.reason
      FROM json_to_recordset($1::text::json) AS given (key text, lease integer, status text, wait float8,
        counted integer, last_attempts text, reason text)
    ), settled AS (
      UPDATE ${outbox} AS job
      SET status = verdict.status,
        order_number = CASE verdict.status WHEN 'delivered' THEN '' ELSE order_number END,
        body = CASE verdict.status WHEN 'delivered' THEN '' ELSE body END,
        last_attempts = verdict.last_attempts,
        attempts = attempts + verdict.counted,
        tried = true, due = now() + verdict.wait, scheduled_at = now(),
        lease = job.lease + 1, leased_until = '-infinity',
        reason = verdict.reason,
        settled_at = CASE WHEN verdict.status <> 'pending' THEN now() END
      FROM verdict WHERE job.key = verdict.key AND job.lease = verdict.lease AND ${unsettled}
      RETURNING job.key, job.status
    ), counted AS (${counted("settled")}
    )
    SELECT ${textOf("key")} FROM settled`,

    /** Makes jobs that were not begun due again, where the lease is their newest. They keep their turn. */
    release: `UPDATE ${outbox} AS job SET leased_until = '-infinity', lease = job.lease + 1
    FROM json_to_recordset($1::text::json) AS held (key text, lease integer)
    WHERE job.key = ${bytesOf("held.key")} AND job.lease = held.lease AND ${unsettled}`,

    /** Erases jobs that are not settled. $2: whether those that wait too. A job that is being sent stays. */
    forget: `WITH forgotten AS (
      UPDATE ${outbox} SET status = 'removed', lease = lease + 1, ${erased}
      WHERE key = ${bytesOf("$1::text")}
        AND (status = 'dead' OR $2::text::boolean AND status = 'pending' AND leased_until <= now())
      RETURNING key, status
    ), counted AS (${counted("forgotten")}
    )
    SELECT ${textOf("key")} FROM forgotten`,

    find: `SELECT ${JOB} FROM ${outbox}
    WHERE key IN (SELECT ${bytesOf("wanted")} FROM json_array_elements_text($1::text::json) AS wanted)`,

    waiting: `SELECT ${JOB} FROM ${outbox} WHERE status = 'pending'
    ORDER BY outbox.accepted_at, due LIMIT $1::text::integer OFFSET $2::text::integer`,

    letters: `SELECT ${JOB} FROM ${outbox} WHERE status = 'dead'
    ORDER BY outbox.settled_at DESC, key DESC LIMIT $1::text::integer OFFSET $2::text::integer`,

    /** When the last of the next jobs was settled, in seconds, which hold the microseconds of a time exactly. */
    settledPart: `SELECT extract(epoch FROM max(settled_at)) AS last FROM (
      SELECT settled_at FROM ${outbox}
      WHERE status IN ('delivered', 'removed') AND settled_at > to_timestamp($1::text::float8)
      ORDER BY settled_at LIMIT ${LISTED}) AS part`,

    settled: `SELECT ${JOB} FROM ${outbox} WHERE status IN ('delivered', 'removed')
      AND outbox.settled_at > to_timestamp($1::text::float8) AND outbox.settled_at <= to_timestamp($2::text::float8)
      AND accepted_at >= to_timestamp($3::text::float8 / 1000) AND accepted_at < to_timestamp($4::text::float8 / 1000)`,

    totals: `SELECT coalesce(sum(delivered), 0)::float8 AS delivered, coalesce(sum(removed), 0)::float8 AS removed,
      (SELECT count(*) FROM ${outbox} WHERE status = 'pending')::float8 AS pending,
      (SELECT count(*) FROM ${outbox} WHERE status = 'dead')::float8 AS dead,
      (SELECT extract(epoch FROM min(accepted_at)) * 1000 FROM ${outbox} WHERE status = 'pending') AS oldest
    FROM ${schema}.outbox_count`,
  };
}
