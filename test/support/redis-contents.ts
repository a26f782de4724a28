import type { Redis } from "ioredis";

/** Everything that stands in the keys that match a pattern, as one text. DUMP would compress it. */
export async function redisContents(redis: Redis, pattern: string): Promise<string> {
  const keys = await redis.keys(pattern);
  return JSON.stringify(await Promise.all(keys.map(async (key) => [key, await contentOf(redis, key)])));
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  switch (await redis.type(key)) {
    case "string":
      return redis.get(key);
    case "hash":
      return redis.hgetall(key);
    case "list":
      return redis.lrange(key, 0, -1);
    case "set":
      return redis.smembers(key);
    case "zset":
      return redis.zrange(key, 0, "-1");
    case "stream":
      return redis.xrange(key, "-", "+");
    default:
      return undefined;
  }
}

/** Removes the keys that match a pattern. */
export async function removeKeys(redis: Redis, pattern: string): Promise<void> {
  const keys = await redis.keys(pattern);
  if (keys.length > 0) await redis.del(keys);
}
