/**
 * What BullMQ has no call for, each in one step on the server. A job's hash is BullMQ's own; beside it stand
 * `tried`, an index of the pending jobs that were tried, or revived, by the time of their acceptance, and `tally`.
 *
 * The value under a deduplication key is the job's ID, or "removed". Of a delivered job nothing is left but this key.
 */

const STATE = `
local function stateOf(id, prefix, failed)
  if id == 'removed' then return 'dead' end
  if redis.call('EXISTS', prefix .. id) == 0 then return 'delivered' end
  if redis.call('ZSCORE', failed, id) then return 'letter' end
  return 'pending'
end
`;

const IS_SETTLED = `
local function isSettled(id, prefix, failed)
  return redis.call('EXISTS', prefix .. id) == 0 or redis.call('ZSCORE', failed, id)
end
`;

/** KEYS: deduplication key, failed. ARGV: prefix. */
export const STATE_OF = `${STATE}
local id = redis.call('GET', KEYS[1])
return id and stateOf(id, ARGV[1], KEYS[2])
`;

/**
 * Takes a dead letter: makes it due, or another letter. A key that nobody has taken becomes a letter, if that is
 * what is put. KEYS: deduplication key, failed, delayed, marker, tried.
 * ARGV: prefix, TTL, now, ID and options for a new job, deduplication ID, kind, body as JSON or nothing, acceptedAt,
 * reason or nothing.
 */
export const PUT_LETTER = `${STATE}
local prefix, ttl, now, newId, options, deduplicationId, kind, body, acceptedAt, reason = unpack(ARGV)
local id = redis.call('GET', KEYS[1])
local state = id and stateOf(id, prefix, KEYS[2])
if not id and reason ~= '' then
  id = newId
  redis.call('HSET', prefix .. id, 'deid', deduplicationId, 'opts', options)
elseif state ~= 'letter' then
  return state
end
local job = prefix .. id
if body == '' and redis.call('HGET', job, 'name') ~= kind then return 'no body' end
if body ~= '' then redis.call('HSET', job, 'data', body) end
redis.call('SET', KEYS[1], id, 'PX', ttl)
redis.call('HSET', job, 'name', kind, 'timestamp', acceptedAt, 'delay', 0, 'priority', 0)
redis.call('HDEL', job, 'atm', 'ats', 'stc', 'processedOn', 'stacktrace', 'failedReason', 'finishedOn')
if reason ~= '' then
  redis.call('HSET', job, 'failedReason', reason, 'finishedOn', now)
  redis.call('ZADD', KEYS[2], now, id)
else
  redis.call('ZREM', KEYS[2], id)
  redis.call('ZADD', KEYS[3], now * 4096, id)
  redis.call('ZADD', KEYS[5], acceptedAt, id)
  redis.call('ZADD', KEYS[4], now, '1')
end
return 'accepted'
`;

/** Erases a dead letter and keeps its key taken. KEYS: deduplication key, failed, tried, tally. ARGV: prefix. */
export const REMOVE_LETTER = `
local id = redis.call('GET', KEYS[1])
if not id or redis.call('ZREM', KEYS[2], id) == 0 then return 0 end
local job = ARGV[1] .. id
redis.call('DEL', job, job .. ':logs')
redis.call('ZREM', KEYS[3], id)
redis.call('SET', KEYS[1], 'removed', 'XX', 'KEEPTTL')
redis.call('HINCRBY', KEYS[4], 'removed', 1)
return 1
`;

/**
 * Letters, newest first. One that somebody looks at keeps its key for another term. KEYS: failed.
 * ARGV: prefix, offset, last, TTL.
 */
export const LIST_LETTERS = `
local prefix, ttl, letters = ARGV[1], ARGV[4], {}
for _, id in ipairs(redis.call('ZREVRANGE', KEYS[1], ARGV[2], ARGV[3])) do
  local letter = redis.call('HMGET', prefix .. id, 'deid', 'name', 'data', 'timestamp', 'atm', 'failedReason', 'finishedOn')
  local key = prefix .. 'de:' .. letter[1]
  if not redis.call('SET', key, id, 'NX', 'PX', ttl) then redis.call('PEXPIRE', key, ttl) end
  letters[#letters + 1] = letter
end
return letters
`;

/**
 * Counts, and when the oldest pending job was accepted: that is among those being sent, the first of those that
 * wait, and the first in the index, from which what is settled is dropped on the way.
 * KEYS: wait, paused, active, prioritized, delayed, failed, completed metrics, tally, tried. ARGV: prefix.
 */
export const TOTALS = `${IS_SETTLED}
local prefix, oldest = ARGV[1], false
local function consider(id)
  local at = id and tonumber(redis.call('HGET', prefix .. id, 'timestamp') or nil)
  if at and (not oldest or at < oldest) then oldest = at end
end
for _, id in ipairs(redis.call('LRANGE', KEYS[3], 0, -1)) do consider(id) end
consider(redis.call('LINDEX', KEYS[1], -1))
consider(redis.call('LINDEX', KEYS[2], -1))
local first = redis.call('ZRANGE', KEYS[9], 0, 0)[1]
while first and isSettled(first, prefix, KEYS[6]) do
  redis.call('ZREM', KEYS[9], first)
  first = redis.call('ZRANGE', KEYS[9], 0, 0)[1]
end
consider(first)
local pending = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3])
  + redis.call('ZCARD', KEYS[4]) + redis.call('ZCARD', KEYS[5])
return { pending, redis.call('ZCARD', KEYS[6]), redis.call('HGET', KEYS[7], 'count') or 0,
  redis.call('HGET', KEYS[8], 'removed') or 0, oldest and string.format('%.0f', oldest) }
`;

/**
 * Gives a job that was tried a lower place than fresh ones, and an entry in the index, while its lease is held. Drops
 * two entries for one: those of jobs whose worker died before it could. KEYS: job, its lock, tried, failed.
 * ARGV: prefix, token, ID, acceptedAt.
 */
export const MARK_TRIED = `${IS_SETTLED}
for _, first in ipairs(redis.call('ZRANGE', KEYS[3], 0, 1)) do
  if isSettled(first, ARGV[1], KEYS[4]) then redis.call('ZREM', KEYS[3], first) end
end
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'priority', 1)
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[3])
return 1
`;

/** Drops a settled job from the index. A letter may have been revived by now. KEYS: tried, failed. ARGV: prefix, ID. */
export const FORGET_TRIED = `${IS_SETTLED}
if isSettled(ARGV[2], ARGV[1], KEYS[2]) then redis.call('ZREM', KEYS[1], ARGV[2]) end
return 1
`;

/**
 * Keeps a job for whoever claimed it. A lease that ran out is taken back where nobody has claimed the job since, be
 * it that the job was swept up already. KEYS: job, its lock, stalled, active, wait, paused.
 * ARGV: token, ID, how often it was claimed, when it was claimed last, lease.
 */
export const KEEP_LEASE = `
local id, holder = ARGV[2], redis.call('GET', KEYS[2])
if holder and holder ~= ARGV[1] then return 0 end
if not holder then
  local claim = redis.call('HMGET', KEYS[1], 'ats', 'processedOn')
  if claim[1] ~= ARGV[3] or claim[2] ~= ARGV[4] then return 0 end
  if not redis.call('LPOS', KEYS[4], id) then
    if redis.call('LREM', KEYS[5], -1, id) + redis.call('LREM', KEYS[6], -1, id) == 0 then return 0 end
    redis.call('LPUSH', KEYS[4], id)
  end
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[5])
redis.call('SREM', KEYS[3], id)
return 1
`;
