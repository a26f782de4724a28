import type { Redis } from "ioredis";

/** Names the settings by which this Redis may lose what it accepted; none where Redis does not let its settings be read. */
export async function weakSettings(redis: Redis): Promise<readonly string[]> {
  const read = async (names: string) => pairs(await redis.config("GET", names).catch(() => []));
  const settings = { ...(await read("append*")), ...(await read("maxmemory*")) };
  const found: string[] = [];
  if (settings.appendonly === "no") found.push("appendonly is no: a restart loses orders; set it to yes");
  else if (settings.appendfsync !== undefined && settings.appendfsync !== "always") {
    found.push(`appendfsync is ${settings.appendfsync}: a power cut loses the last second; set it to always`);
  }
  const policy = settings["maxmemory-policy"];
  if (policy !== undefined && policy !== "noeviction" && settings.maxmemory !== "0") {
    found.push(`maxmemory-policy is ${policy}: a full memory drops orders; set it to noeviction`);
  }
  return found;
}

// A list on Redis's older protocol, a map on the newer.
function pairs(answer: unknown): Readonly<Record<string, string>> {
  if (!Array.isArray(answer)) return { ...(answer as Record<string, string>) };
  return Object.fromEntries(answer.flatMap((name, index) => (index % 2 ? [] : [[name, answer[index + 1]]])));
}
