import { contextIn, findLetter, issuesOf, orderIn } from "../../outbox/dead-letters.ts";
import { numberOrKey, recordFacts, recordJson, shortKey } from "../../outbox/record-view.ts";
import { harmless } from "../../terminal/terminal.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

/** `outbox show` */
export const showCommand = commandOnOutbox(
  "outbox show",
  "one dead letter: why it was given up, and its order",
  ["1001 --sqlite data/orders.db", "1001 --sqlite data/orders.db --order > order.json"],
)
  .argument("<order>", "the order number, or the beginning of the key")
  .option("--order", "print the order as JSON and nothing else, to correct it for retry --with")
  .option("--answer", "print AvantLink's own words too, which may repeat a value of the order")
  .action(
    onOutbox(async ({ outbox, same, terminal: { say, sayJson, sayFacts } }, id, options) => {
      const letter = await findLetter(outbox, id);
      const order = orderIn(letter);
      if (options.order === true) return void process.stdout.write(`${JSON.stringify(order, null, 2)}\n`);
      const issues = issuesOf(letter);
      // Which parts of the shopper's context there are; their values are not shown.
      const known = Object.entries(contextIn(letter)).map(
        ([name, value]) => [name, Array.isArray(value) ? value.length > 0 : value !== undefined] as const,
      );
      const { message, ...reason } = letter.reason;
      const shownReason = options.answer === true ? letter.reason : reason;
      sayJson({
        ...recordJson(letter),
        reason: shownReason,
        issues,
        order,
        context: Object.fromEntries(known),
      });
      sayFacts([
        ["order", numberOrKey(letter)],
        ["key", letter.key],
        ...recordFacts(letter),
        ...(options.answer === true ? [["answer", harmless(message)] as const] : []),
        ...issues.map((issue) => [harmless(issue.path), harmless(issue.message)] as const),
        ["context", known.map(([name, is]) => `${name} ${is ? "yes" : "no"}`).join(", ")],
      ]);
      say(JSON.stringify(order, null, 2).split("\n").map(harmless).join("\n"));
      const retry = `avantlink-s2s outbox retry ${shortKey(letter)}${same}`;
      say(`\nTo correct it: avantlink-s2s outbox show ${shortKey(letter)}${same} --order > order.json`);
      say(`Then, after editing: ${retry} --with order.json`);
      if (letter.kind === "order") say(`To send it unchanged: ${retry}`);
    }),
  );
