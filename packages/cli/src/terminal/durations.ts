import { systemRuntime } from "@avantlink-s2s/core/adapter";

/** How long ago a time was, for people. */
export function ago(at: number): string {
  return lasting(systemRuntime.now() - at);
}

/** A duration in milliseconds, for people: its largest unit. */
export function lasting(ms: number): string {
  const units = [
    ["d", 86_400_000],
    ["h", 3_600_000],
    ["min", 60_000],
    ["s", 1_000],
  ] as const;
  for (const [unit, length] of units) if (ms >= length) return `${Math.floor(ms / length)} ${unit}`;
  return "0 s";
}

/** When a time comes, for people. */
export function until(at: number): string {
  const ms = at - systemRuntime.now();
  return ms <= 0 ? "now" : `in ${lasting(Math.max(ms, 1_000))}`;
}
