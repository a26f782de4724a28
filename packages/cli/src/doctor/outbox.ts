import { stat } from "node:fs/promises";
import { dirname } from "node:path";
import { AvantLinkError } from "@avantlink-s2s/core";
import { CommandError } from "../exit-codes.ts";
import type { OutboxChoice } from "../options/outbox-options.ts";
import { isChosen, withOutbox } from "../outbox/open-outbox.ts";
import { ago } from "../terminal/durations.ts";
import { bad, type Checked, fyi, ok, warn } from "./check.ts";

const LONG_WAIT_MS = 3_600_000;

/** Whether accepted orders are safe where they wait, and how many do. */
export async function checkOutbox(choice: OutboxChoice): Promise<readonly Checked[]> {
  if (!isChosen(choice)) {
    return [
      fyi(
        "outbox",
        "none was named, so none was looked at",
        "Name it: --sqlite PATH, --redis URL or --postgres URL.",
      ),
    ];
  }
  try {
    return await withOutbox(choice, async (outbox, { problems, settings }) => {
      const { accepted, delivered, pending, dead, oldestPendingAt } = await outbox.totals();
      const checks = [
        ...(choice.sqlite === undefined ? [] : await checkFile(choice.sqlite)),
        ...(choice.redis === undefined || problems.length > 0 ? [] : [redisHolds]),
        ...(settings === undefined ? [] : checkPostgres(await settings())),
        ...problems.map(({ message, help }) => warn("outbox", message, help)),
        ok("outbox", `${outbox.name}: ${accepted} accepted, ${delivered} delivered, ${pending} pending`),
      ];
      if (oldestPendingAt !== undefined && Date.now() - oldestPendingAt > LONG_WAIT_MS) {
        checks.push(
          warn(
            "outbox",
            `an order has been waiting since ${ago(oldestPendingAt)} ago`,
            "Is the shop running, in live mode, and not set to deliver: false?",
          ),
        );
      }
      if (dead > 0)
        checks.push(warn("outbox", `${dead} dead letters`, "Look at them: avantlink-s2s outbox list."));
      return checks;
    });
  } catch (error) {
    if (!(error instanceof AvantLinkError || error instanceof CommandError)) throw error;
    return [bad("outbox", error.message, error.help || "Look at the path or the address.")];
  }
}

const redisHolds = ok(
  "outbox",
  "Redis tells nothing that would lose orders: appendonly, appendfsync, maxmemory-policy",
);

/** As this user has them here; the shop's own user may have others. */
function checkPostgres(settings: Readonly<Record<string, string>>): readonly Checked[] {
  const told = Object.entries(settings).map(([name, is]) => `${name}=${is}`);
  const off = Object.keys(settings).filter((name) => settings[name] === "off");
  if (off.length === 0) return [ok("outbox", `${told.join(", ")}: what is accepted survives a power cut`)];
  return off.map((name) =>
    warn("outbox", `${name}=off: a power cut loses orders that were accepted`, `Set ${name} to on.`),
  );
}

/** That the file opened says that its settings hold: it is refused without WAL and a full sync. */
async function checkFile(path: string): Promise<readonly Checked[]> {
  const checks = [
    ok(
      "outbox",
      "journal_mode=WAL, synchronous=FULL, secure_delete=ON: what is accepted survives a power cut",
    ),
  ];
  if (process.platform === "win32") return checks;
  for (const place of [path, dirname(path)]) {
    const { mode, uid } = await stat(place);
    const others = mode & (place === path ? 0o077 : 0o022);
    const rights = (mode & 0o777).toString(8).padStart(3, "0");
    if (others !== 0) {
      const what = place === path ? "the file is open to other users" : "other users may put files beside it";
      checks.push(
        warn(
          "outbox",
          `${what} (mode ${rights})`,
          place === path ? `chmod 600 ${path}` : `chmod 700 ${place}`,
        ),
      );
    }
    if (place === path && process.getuid && uid !== process.getuid()) {
      checks.push(
        fyi(
          "outbox",
          "the file belongs to another user",
          "Make sure that it is the one that the shop runs as.",
        ),
      );
    }
  }
  return checks;
}
