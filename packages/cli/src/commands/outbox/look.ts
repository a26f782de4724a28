import type { DeadLetter } from "@avantlink-s2s/core";
import { wholeNumber } from "../../options/whole-number.ts";
import {
  contextIn,
  findLetter,
  issuesOf,
  orderIn,
  orderNumberOf,
  shortKey,
} from "../../outbox/dead-letters.ts";
import { withOutbox } from "../../outbox/open-outbox.ts";
import { ago } from "../../terminal/durations.ts";
import { harmless, openTerminal } from "../../terminal/terminal.ts";
import { onAnOutbox } from "./on-an-outbox.ts";

/** What a script gets of a letter: everything but the shopper's context itself. */
function summary(letter: DeadLetter) {
  const { key, kind, attempts, acceptedAt, diedAt, reason } = letter;
  return {
    key,
    orderNumber: orderNumberOf(letter),
    kind,
    attempts,
    acceptedAt: new Date(acceptedAt).toISOString(),
    diedAt: new Date(diedAt).toISOString(),
    reason,
  };
}

/** `outbox list` */
export const listCommand = onAnOutbox(
  "list",
  "the dead letters: orders that will not be tried again by themselves, newest first",
  ["--sqlite data/orders.db", "--redis redis://localhost:6379 --limit 20 --json"],
)
  .option("--limit <number>", "how many", wholeNumber(1), 100)
  .option("--offset <number>", "how many to pass over", wholeNumber(0), 0)
  .action(({ limit, offset, ...options }) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson, sayTable, note } = openTerminal({ json: options.json === true });
      const found = await outbox.dead.list({ limit, offset });
      sayJson(found.map(summary));
      if (found.length === 0) return say("No dead letters.");
      sayTable(
        ["key", "order", "given up", "tried", "reason", "AvantLink's key"],
        found.map((letter) => [
          shortKey(letter),
          harmless(orderNumberOf(letter)) || "(none)",
          `${ago(letter.diedAt)} ago`,
          times(letter),
          letter.reason.code,
          harmless(letter.reason.errorKey ?? ""),
        ]),
      );
      const { dead } = await outbox.totals();
      if (dead > offset + found.length)
        note(`${dead - offset - found.length} more: --offset ${offset + found.length}`);
    }),
  );

/** `outbox show` */
export const showCommand = onAnOutbox("show", "one dead letter: why it was given up, and its order", [
  "1001 --sqlite data/orders.db",
  "1001 --sqlite data/orders.db --order > order.json",
])
  .argument("<id>", "its order number, or the beginning of its key")
  .option("--order", "print its order as JSON and nothing else, to be corrected for retry --with")
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson, sayTable, emphasise } = openTerminal({ json: options.json === true });
      const letter = await findLetter(outbox, id);
      const order = orderIn(letter);
      if (options.order === true) return void process.stdout.write(`${JSON.stringify(order, null, 2)}\n`);
      const issues = issuesOf(letter);
      const context = known(letter);
      sayJson({ ...summary(letter), issues, order, context });
      const { reason } = letter;
      const facts: readonly (readonly [string, string])[] = [
        ["order", harmless(orderNumberOf(letter)) || "(none)"],
        ["key", letter.key],
        ["given up", `${new Date(letter.diedAt).toISOString()}, ${ago(letter.diedAt)} ago`],
        ["accepted", new Date(letter.acceptedAt).toISOString()],
        ["tried", times(letter)],
        ["reason", `${reason.code}: ${harmless(reason.message)}`],
        [
          "AvantLink",
          [reason.status && `HTTP ${reason.status}`, harmless(reason.errorKey ?? "")]
            .filter(Boolean)
            .join(" ") || "-",
        ],
        ...issues.map(({ path, message }) => [harmless(path), harmless(message)] as const),
        [
          "context",
          Object.entries(context)
            .map(([name, is]) => `${name} ${is ? "yes" : "no"}`)
            .join(", "),
        ],
      ];
      sayTable(
        ["", ""],
        facts.map(([name, value]) => [emphasise("faint", name), value]),
      );
      say(harmlessJson(order));
      say("");
      say(`To correct it: avantlink-s2s outbox show ${shortKey(letter)} --order … > order.json`);
      say(`and, after editing: avantlink-s2s outbox retry ${shortKey(letter)} --with order.json …`);
    }),
  );

/** `outbox stats` */
export const statsCommand = onAnOutbox(
  "stats",
  "how many orders stand where, and how long the oldest has been waiting",
  ["--postgres postgres://localhost/shop --json"],
).action((options) =>
  withOutbox(options, async (outbox, { place, problems }) => {
    const { say, sayJson, note } = openTerminal({ json: options.json === true });
    const totals = await outbox.totals();
    sayJson({ outbox: outbox.name, place, ...totals });
    const { accepted, delivered, pending, dead, removed, oldestPendingAt } = totals;
    say(
      `${accepted} accepted = ${delivered} delivered + ${pending} pending + ${dead} dead + ${removed} removed`,
    );
    if (oldestPendingAt !== undefined)
      say(`the oldest pending order was accepted ${ago(oldestPendingAt)} ago`);
    for (const { message, help } of problems) note(`${message} ${help}`);
  }),
);

/** How often it was sent; being told to wait counts for nothing. What could not be mapped never was. */
function times({ kind, attempts }: DeadLetter): string {
  if (kind === "rejected") return "never";
  return attempts === 0 ? "once" : `${attempts + 1} times`;
}

/** Which parts of the shopper's context are there; what they are is nobody's business here. */
function known(letter: DeadLetter): Readonly<Record<string, boolean>> {
  const entries = Object.entries(contextIn(letter));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.length > 0 : value !== undefined]),
  );
}

function harmlessJson(value: unknown): string {
  return JSON.stringify(value, null, 2).split("\n").map(harmless).join("\n");
}
