import type { Redis } from "ioredis";

// What must happen in one step, on the outbox's own keys. No script touches a key of BullMQ's.
// KEYS: the order's record, its settled record, `waiting`, `dead`, `counts`. ARGV[1] is the order's key.
const BEGIN = `
local record, settled, waiting, dead, counts = unpack(KEYS)
local key = ARGV[1]
`;

// Puts a record in the place of the one of a version; an order that comes new replaces none, its version is ''.
// ARGV: expected version, new version, status, and of a pending order: acceptedAt, record, due, wait; of a dead letter:
// diedAt, record; of a settled one: how long it is kept, record.
const REPLACE = `
local expected, version, status, number, text, due, wait = unpack(ARGV, 2)
if (redis.call('HGET', record, 'version') or '') ~= expected then return 0 end
if expected == '' then
  if redis.call('EXISTS', settled) == 1 then return 0 end
else
  -- A full Redis refuses a script whose first write takes memory, so this comes first.
  redis.call('DEL', record)
  redis.call('ZREM', waiting, key)
  redis.call('ZREM', dead, key)
end
if status == 'pending' then
  redis.call('HSET', record, 'version', version, 'order', text, 'due', due, 'wait', wait)
  redis.call('ZADD', waiting, number, key)
elseif status == 'dead' then
  redis.call('HSET', record, 'version', version, 'order', text)
  redis.call('ZADD', dead, number, key)
else
  redis.call('SET', settled, text, 'PX', number)
  redis.call('HINCRBY', counts, status, 1)
end
return 1
`;

// Leases an order that is due. Answers with the end of the lease and the order, with when it will be due, or with
// nothing for an order that is dead or settled. An order whose time is further away than it ever was is due: the clock
// was set back. ARGV: version of the lease, now, length of the lease.
const CLAIM = `
local version, now, length = unpack(ARGV, 2)
local due, wait, order = unpack(redis.call('HMGET', record, 'due', 'wait', 'order'))
if not due then return {} end
local left = due - now
if left > 0 and left <= tonumber(wait) then return { due } end
redis.call('HSET', record, 'version', version, 'due', now + length, 'wait', length, 'leased', 1)
return { tostring(now + length), order }
`;

// Counts of one moment, and when the oldest order that waits was accepted.
const COUNT = `
return { redis.call('ZCARD', waiting), redis.call('ZCARD', dead), redis.call('HGET', counts, 'delivered'),
  redis.call('HGET', counts, 'removed'), redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2] }
`;

type Arguments = readonly (string | number)[];

/** A connection that knows the scripts as commands. */
export type ScriptedRedis = Redis & {
  replaceOrder(...keysAndArguments: Arguments): Promise<0 | 1>;
  claimOrder(...keysAndArguments: Arguments): Promise<[] | [due: string, order?: string]>;
  countOrders(...keysAndArguments: Arguments): Promise<(number | string | null)[]>;
};

/** Teaches a connection the scripts. */
export function withScripts(redis: Redis): ScriptedRedis {
  const scripts = { replaceOrder: REPLACE, claimOrder: CLAIM, countOrders: COUNT };
  for (const [name, lua] of Object.entries(scripts))
    redis.defineCommand(name, { numberOfKeys: 5, lua: BEGIN + lua });
  return redis as ScriptedRedis;
}
