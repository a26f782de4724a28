import { createHash } from "node:crypto";

/**
 * What must happen in one step on the outbox's own keys. No script touches a key of BullMQ's.
 *
 * KEYS, for each script: the order's record, its settled record, `waiting`, `dead`, `counts`. ARGV[1] is the order's
 * key, ARGV[2] the time now, ARGV[3] how long a settled record is kept.
 */
const BEGIN = `
local record, settled, waiting, dead, counts = unpack(KEYS)
local key, now, ttl = unpack(ARGV)

-- Keeps the summary of an order that is not to be sent any more, and erases everything else of it.
local function close(status)
  local kept = redis.call('HMGET', record, 'acceptedAt', 'attempts', 'summary')
  -- A full Redis refuses a script whose first write takes memory.
  redis.call('DEL', record)
  redis.call('ZREM', waiting, key)
  redis.call('ZREM', dead, key)
  local text = '["' .. status .. '",' .. kept[1] .. ',' .. now .. ',' .. kept[2] .. ',' .. kept[3] .. ']'
  redis.call('SET', settled, text, 'PX', ttl)
  redis.call('HINCRBY', counts, status, 1)
end

-- Whether the order's time is yet to come. If that is further away than it ever was, the clock was set back.
local function isAhead()
  local due, longest = unpack(redis.call('HMGET', record, 'due', 'wait'))
  return due - now > 0 and due - now <= tonumber(longest)
end

local function bury(reason)
  redis.call('HSET', record, 'reason', reason, 'diedAt', now)
  redis.call('ZREM', waiting, key)
  redis.call('ZADD', dead, now, key)
end

local function wait(since)
  redis.call('ZREM', dead, key)
  redis.call('ZADD', waiting, since, key)
end
`;

/** A script, and the name under which Redis keeps it. */
export interface Script {
  readonly lua: string;
  readonly sha: string;
}

function script(text: string): Script {
  const lua = BEGIN + text;
  return { lua, sha: createHash("sha1").update(lua).digest("hex") };
}

/**
 * Accepts an order once. A dead letter gives way to it.
 * ARGV: ticket, kind, order number, body, acceptedAt, summary, reason; an order that is to be sent has no reason.
 */
export const PUT = script(`
local ticket, kind, number, body, acceptedAt, summary, reason = unpack(ARGV, 4)
local done = redis.call('GET', settled)
if done then return { 'settled', done } end
local known = redis.call('HMGET', record, 'ticket', 'reason', 'summary')
if known[1] and not known[2] then return { 'pending', known[3] } end
if known[1] then redis.call('DEL', record) end
redis.call('HSET', record, 'ticket', ticket, 'kind', kind, 'orderNumber', number, 'body', body,
  'acceptedAt', acceptedAt, 'summary', summary, 'attempts', 0, 'due', acceptedAt, 'wait', 0)
if reason == '' then wait(acceptedAt) else bury(reason) end
return { 'accepted' }
`);

/**
 * Leases an order to the worker that BullMQ gave the ticket to. Answers with the order, with the time at which it is
 * due or its lease ends if that is yet to come, or with nothing if the ticket is void.
 * ARGV: ticket, lease, end of the lease.
 */
export const CLAIM = script(`
local ticket, lease, ends = unpack(ARGV, 4)
local known = redis.call('HMGET', record, 'ticket', 'reason', 'due')
if known[1] ~= ticket or known[2] then return {} end
if isAhead() then return { known[3] } end
redis.call('HSET', record, 'lease', lease, 'due', ends, 'wait', ends - now)
return redis.call('HGETALL', record)
`);

/**
 * Applies a verdict, or makes an order due that was not begun, if the lease is still the worker's own.
 * ARGV: lease, status, attempts, log of attempts, due, wait, reason.
 */
export const SETTLE = script(`
local lease, status, attempts, log, due, pause, reason = unpack(ARGV, 4)
if redis.call('HGET', record, 'lease') ~= lease then return 0 end
if status == 'delivered' then
  close(status)
  return 1
end
redis.call('HDEL', record, 'lease')
if status == 'released' then
  redis.call('HSET', record, 'due', now, 'wait', 0)
  return 1
end
redis.call('HSET', record, 'attempts', attempts, 'log', log, 'due', due, 'wait', pause)
if status == 'dead' then bury(reason) end
return 1
`);

/** Makes a dead letter a fresh order. ARGV: ticket, body, summary; an empty body stands for the letter's own. */
export const REVIVE = script(`
local ticket, body, summary = unpack(ARGV, 4)
local known = redis.call('HMGET', record, 'reason', 'kind')
if not known[1] or (known[2] == 'rejected' and body == '') then return 0 end
redis.call('HSET', record, 'ticket', ticket, 'kind', 'order', 'acceptedAt', now, 'attempts', 0, 'due', now, 'wait', 0)
redis.call('HDEL', record, 'reason', 'diedAt', 'log')
if body ~= '' then redis.call('HSET', record, 'body', body, 'summary', summary) end
wait(now)
return 1
`);

/** Erases an order that nobody is sending. ARGV: `dead` to erase a dead letter only. */
export const ERASE = script(`
local which = ARGV[4]
local done = which ~= 'dead' and redis.call('GET', settled)
if done then return { 'settled', done } end
local known = redis.call('HMGET', record, 'ticket', 'reason', 'lease')
if not known[1] or (which == 'dead' and not known[2]) then return { 'unknown' } end
if known[3] and isAhead() then return { 'sending' } end
close('removed')
return { 'removed', known[1] }
`);

/** Counts of one moment, and when the oldest order that waits was accepted. */
export const TOTALS = script(`
return { redis.call('ZCARD', waiting), redis.call('ZCARD', dead), redis.call('HGET', counts, 'delivered'),
  redis.call('HGET', counts, 'removed'), redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2] }
`);
