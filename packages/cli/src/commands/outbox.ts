import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import type { DeadLetter } from "@avantlink-s2s/core";
import { confirm, isCancel } from "@clack/prompts";
import { Command, Option } from "@commander-js/extra-typings";
import { stringify } from "csv-stringify";
import { ago } from "../clock.ts";
import { CommandError, EXIT } from "../exit.ts";
import { endpointOption, type Merchant, merchantOption, orderKeyFor } from "../merchant.ts";
import {
  BATCH_SALES_COLUMNS,
  batchSalesRows,
  currencyAndCoupons,
  type LeftOut,
} from "../outbox/batch-sales.ts";
import { readCorrected, replace } from "../outbox/corrected.ts";
import {
  contextIn,
  findLetter,
  issuesOf,
  letters,
  orderIn,
  orderNumberOf,
  shortKey,
} from "../outbox/letters.ts";
import { withOutbox } from "../outbox/open.ts";
import { postgresOption, queueOption, redisOption, schemaOption, sqliteOption } from "../outbox/options.ts";
import { sendNow } from "../outbox/send-now.ts";
import { harmless, openTerminal, type Terminal } from "../terminal.ts";
import { wholeNumber } from "../whole-number.ts";

function work(name: string, description: string) {
  return new Command(name)
    .description(description)
    .addOption(sqliteOption)
    .addOption(redisOption)
    .addOption(postgresOption)
    .addOption(queueOption)
    .addOption(schemaOption)
    .option("--json", "print JSON, for scripts");
}

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

const list = work("list", "the dead letters: orders that will not be tried again by themselves, newest first")
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
          String(letter.attempts),
          letter.reason.code,
          harmless(letter.reason.errorKey ?? ""),
        ]),
      );
      const { dead } = await outbox.totals();
      if (dead > offset + found.length)
        note(`${dead - offset - found.length} more: --offset ${offset + found.length}`);
    }),
  );

const show = work("show", "one dead letter: why it was given up, and its order")
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
        ["tried", `${letter.attempts} times before the last`],
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

const retry = work(
  "retry",
  "puts a dead letter back among the pending orders; a running shop then delivers it",
)
  .argument("[id]", "its order number, or the beginning of its key")
  .option(
    "--with <file>",
    "send this corrected order instead (JSON; - for stdin); the shopper's context is kept",
  )
  .option("--all", "every dead letter that can go as it is")
  .option("--send", "deliver from here, and wait for AvantLink's answer")
  .option("--wait <seconds>", "how long to wait with --send", wholeNumber(1), 30)
  .addOption(merchantOption)
  .addOption(endpointOption)
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const terminal = openTerminal({ json: options.json === true });
      if ((id === undefined) === (options.all !== true)) {
        throw new CommandError(EXIT.usage, "Name one dead letter, or give --all.");
      }
      const keys: string[] = [];
      let left = 0;
      if (id === undefined) {
        if (options.with !== undefined)
          throw new CommandError(EXIT.usage, "--with corrects one dead letter; name it.");
        const found: DeadLetter[] = [];
        for await (const letter of letters(outbox)) found.push(letter);
        for (const letter of found) {
          if (letter.kind === "order" && (await outbox.dead.retry(letter.key))) keys.push(letter.key);
          else left += 1;
        }
      } else {
        const letter = await findLetter(outbox, id);
        if (options.with !== undefined) {
          keys.push(
            await replace(outbox, letter, await readCorrected(options.with, letter), orderKeyFor(options)),
          );
        } else if (letter.kind === "rejected") {
          throw new CommandError(
            EXIT.wrong,
            "This order could not become one for AvantLink, and would not now.",
            "Correct it: `outbox show ID --order > order.json`, then `outbox retry ID --with order.json`.",
          );
        } else {
          await outbox.dead.retry(letter.key);
          keys.push(letter.key);
        }
      }
      if (left > 0)
        terminal.note(`${left} left: they have to be corrected one by one (retry ID --with FILE).`);
      if (options.send !== true) {
        terminal.sayJson({ retried: keys, left });
        return terminal.say(
          `${keys.length} put back; a running shop delivers within a second or two, --send from here.`,
        );
      }
      await send(terminal, { outbox, keys, left, merchant: options, waitMs: options.wait * 1000 });
    }),
  );

async function send(
  { say, sayJson, note }: Terminal,
  asked: Pick<Parameters<Parameters<typeof withOutbox>[1]>[1], "outbox"> & {
    readonly keys: readonly string[];
    readonly left: number;
    readonly merchant: Merchant;
    readonly waitMs: number;
  },
): Promise<void> {
  const { outbox, keys, left, merchant, waitMs } = asked;
  const { sent, lastFailure } = await sendNow(outbox, keys, merchant, waitMs);
  const of = (state: string) => sent.filter((one) => one.state === state).length;
  sayJson({ retried: keys, left, delivered: of("delivered"), dead: of("dead"), pending: of("pending") });
  say(`${of("delivered")} delivered, ${of("dead")} given up again, ${of("pending")} still waiting`);
  if (of("delivered") < keys.length && lastFailure !== "") note(harmless(lastFailure));
  if (of("dead") > 0) process.exitCode = EXIT.wrong;
  else if (of("pending") > 0) process.exitCode = EXIT.unreachable;
}

const remove = work("remove", "erases a dead letter for good; its order number stays taken")
  .argument("<id>", "its order number, or the beginning of its key")
  .option("--yes", "without asking")
  .action((id, options) =>
    withOutbox(options, async (outbox) => {
      const { say, sayJson } = openTerminal({ json: options.json === true });
      const letter = await findLetter(outbox, id);
      const number = harmless(orderNumberOf(letter)) || shortKey(letter);
      if (options.yes !== true) {
        if (!process.stdin.isTTY)
          throw new CommandError(EXIT.usage, "Nobody is here to be asked; give --yes.");
        const message = `Erase order ${number}? It will never be sent, and no affiliate paid for it.`;
        const sure = await confirm({ message, initialValue: false, output: process.stderr });
        if (isCancel(sure) || !sure) return say("Kept.");
      }
      await outbox.dead.remove(letter.key);
      sayJson({ removed: letter.key });
      say(`Removed ${number}.`);
    }),
  );

const stats = work("stats", "how many orders stand where, and how long the oldest has been waiting").action(
  (options) =>
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

const LEFT_OUT: Readonly<Record<LeftOut, string>> = {
  "not-an-order-yet": "could not become an order for AvantLink; correct them (retry ID --with FILE)",
  "no-click-and-no-coupon": "came by no click and used no coupon: nobody is to be paid for them",
};

const exportSales = work(
  "export",
  "the undelivered orders as AvantLink's batch-sales CSV, on stdout or in a file",
)
  .option("--out <file>", "write the file instead of stdout")
  .addOption(
    new Option("--per <row>", "a row an item (item-based commission), or a row an order")
      .choices(["item", "order"] as const)
      .default("item" as const),
  )
  .action((options) =>
    withOutbox(options, async (outbox) => {
      const { note, sayJson } = openTerminal({ json: options.json === true && options.out !== undefined });
      const leftOut = new Map<LeftOut, number>();
      const currencies = new Map<string, number>();
      let orders = 0;
      let severalCoupons = 0;
      async function* rows() {
        for await (const letter of letters(outbox)) {
          const found = batchSalesRows(letter, options.per === "order" ? "order" : "item");
          if (typeof found === "string") {
            leftOut.set(found, (leftOut.get(found) ?? 0) + 1);
            continue;
          }
          orders += 1;
          const { currency, coupons } = currencyAndCoupons(letter);
          currencies.set(currency, (currencies.get(currency) ?? 0) + 1);
          if (coupons > 1) severalCoupons += 1;
          yield* found;
        }
      }
      const out =
        options.out === undefined ? process.stdout : createWriteStream(options.out, { mode: 0o600 });
      const csv = stringify({ header: true, columns: [...BATCH_SALES_COLUMNS] });
      await pipeline(rows, csv, out, { end: options.out !== undefined });
      sayJson({ orders, leftOut: Object.fromEntries(leftOut), currencies: Object.fromEntries(currencies) });
      note(
        `${orders} orders. Remove them here once AvantLink has taken the file, or they may be sent twice.`,
      );
      for (const [why, count] of leftOut) note(`${count} left out: they ${LEFT_OUT[why]}.`);
      if (currencies.size > 1)
        note(
          `Several currencies (${[...currencies.keys()].map(harmless).join(", ")}); AvantLink reads all as its network's own.`,
        );
      if (severalCoupons > 0)
        note(`${severalCoupons} with several coupon codes: the file has room for the first one.`);
    }),
  );

/** `outbox`: what the person on call does with the orders that were given up. */
export const outboxCommand = new Command("outbox")
  .description("looks after the orders that could not be delivered")
  .addCommand(list)
  .addCommand(show)
  .addCommand(retry)
  .addCommand(remove)
  .addCommand(stats)
  .addCommand(exportSales);

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
