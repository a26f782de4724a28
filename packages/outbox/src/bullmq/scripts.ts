import type { Redis } from "ioredis";

// What must happen in one step, on the outbox's own keys. No script touches a key of BullMQ's.
// KEYS: the order's record, its settled record, `waiting`, `dead`, `due`, `counts`. ARGV[1] is the order's key.
const BEGIN = `
local record, settled, waiting, dead, due, counts = unpack(KEYS)
local key = ARGV[1]

-- Redis's clock, by which all machines wait. If it is set back, the outbox's time goes on from where it stood.
local function now()
  local seconds, micros = unpack(redis.call('TIME'))
  local ahead, last = unpack(redis.call('HMGET', counts, 'ahead', 'clock'))
  local at = seconds * 1000 + math.floor(micros / 1000) + (ahead or 0)
  local behind = (last or 0) - at
  if behind > 0 then redis.call('HINCRBY', counts, 'ahead', behind) end
  return math.max(at, at + behind)
end

local function schedule(wait)
  local at = now()
  redis.call('HSET', counts, 'clock', at)
  redis.call('ZADD', due, at + wait, key)
end
`;

// Writes, to see whether that may be, and answers with the version of what is there. An order that waits and is not in
// the index of what is due would wait for good: an earlier version had no such index. It is due then.
const OPEN = `
redis.call('HSETNX', counts, 'version', '1')
local version = redis.call('HGET', counts, 'version')
if version == '1' and redis.call('ZCARD', waiting) ~= redis.call('ZCARD', due) then
  redis.call('ZUNIONSTORE', due, 2, waiting, due, 'WEIGHTS', 0, 1, 'AGGREGATE', 'MAX')
end
return version
`;

// Puts a record in the place of the one of a version; an order that comes new replaces none, its version is ''.
// ARGV: expected version, new version, status, and of a pending order: acceptedAt, record, wait; of a dead letter:
// diedAt, record; of a settled one: how long it is kept, record.
const REPLACE = `
local expected, version, status, number, text, wait = unpack(ARGV, 2)
if (redis.call('HGET', record, 'version') or '') ~= expected then return 0 end
if expected == '' then
  if redis.call('EXISTS', settled) == 1 then return 0 end
else
  -- A full Redis refuses a script whose first write takes memory, so this comes first.
  redis.call('DEL', record)
  for _, index in ipairs({ waiting, dead, due }) do redis.call('ZREM', index, key) end
end
if status == 'pending' then
  redis.call('HSET', record, 'version', version, 'order', text)
  redis.call('ZADD', waiting, number, key)
  schedule(wait)
elseif status == 'dead' then
  redis.call('HSET', record, 'version', version, 'order', text)
  redis.call('ZADD', dead, number, key)
else
  redis.call('SET', settled, text, 'PX', number)
  redis.call('HINCRBY', counts, status, 1)
end
return 1
`;

// Leases an order that is due, and answers with it. Of an order whose record Redis dropped, because its memory was full,
// nothing may stay: its key is free again. ARGV: version of the lease, length of the lease.
const CLAIM = `
local at = redis.call('ZSCORE', due, key)
if not at or tonumber(at) > now() then return false end
local order = redis.call('HGET', record, 'order')
if not order then
  for _, index in ipairs({ waiting, due }) do redis.call('ZREM', index, key) end
  return false
end
redis.call('HSET', record, 'version', ARGV[2], 'leased', 1)
schedule(ARGV[3])
return order
`;

// What stands under a key: version and order, whether it is leased, how long until it is due, and the settled record.
const READ = `
local version, order, leased = unpack(redis.call('HMGET', record, 'version', 'order', 'leased'))
local at = redis.call('ZSCORE', due, key)
return { version, order, leased, at and at - now(), redis.call('GET', settled) }
`;

// The keys of orders that are due, the longest first. ARGV: how many.
const DUE = `
return redis.call('ZRANGEBYSCORE', due, '-inf', now(), 'LIMIT', 0, ARGV[2])
`;

// Counts of one moment, and when the oldest order that waits was accepted.
const COUNT = `
return { redis.call('ZCARD', waiting), redis.call('ZCARD', dead), redis.call('HGET', counts, 'delivered'),
  redis.call('HGET', counts, 'removed'), redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2] }
`;

// A part of the names of all keys, on the node of a cluster that has the outbox's. ARGV: cursor, pattern, how many.
const SCAN = `
return redis.call('SCAN', ARGV[2], 'MATCH', ARGV[3], 'COUNT', ARGV[4])
`;

type Text = string | null;
type Command<Answer> = (...keysAndArguments: readonly (string | number)[]) => Promise<Answer>;

/** A connection that knows the scripts as commands. */
export type ScriptedRedis = Redis & {
  openBook: Command<string>;
  replaceOrder: Command<0 | 1>;
  claimOrder: Command<Text>;
  readOrder: Command<readonly [version: Text, order: Text, leased: Text, left: number | null, settled: Text]>;
  dueOrders: Command<string[]>;
  countOrders: Command<readonly (number | Text)[]>;
  scanKeys: Command<readonly [cursor: string, names: string[]]>;
};

/** Teaches a connection the scripts. */
export function withScripts(redis: Redis): ScriptedRedis {
  const scripts = {
    openBook: OPEN,
    replaceOrder: REPLACE,
    claimOrder: CLAIM,
    readOrder: READ,
    dueOrders: DUE,
    countOrders: COUNT,
    scanKeys: SCAN,
  };
  for (const [name, lua] of Object.entries(scripts))
    redis.defineCommand(name, { numberOfKeys: 6, lua: BEGIN + lua });
  return redis as ScriptedRedis;
}
