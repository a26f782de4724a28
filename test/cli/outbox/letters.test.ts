import { memoryOutbox } from "@avantlink-s2s/core";
import { aJob, keyOf, REFUSED } from "@avantlink-s2s/outbox/testing";
import { expect, test } from "vitest";
import { letters } from "../../../packages/cli/src/outbox/dead-letters.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

/** 250 dead letters, more than two pages, and those that are listed while something happens in the middle. */
async function manyLetters() {
  const outbox = memoryOutbox();
  await outbox.open(shiftedClock(), () => {});
  const die = (orderNumber: string) => outbox.put(aJob(orderNumber), { dead: REFUSED });
  for (let number = 0; number < 250; number += 1) await die(`${number}`);
  async function listedWhile(something: () => Promise<unknown>): Promise<string[]> {
    const listed: string[] = [];
    for await (const { orderNumber } of letters(outbox)) {
      listed.push(orderNumber);
      if (listed.length === 50) await something();
    }
    return listed.toSorted((a, b) => Number(a) - Number(b));
  }
  const numbers = Array.from({ length: 250 }, (_, number) => `${number}`);
  return { outbox, die, listedWhile, numbers };
}

test("an order that dies while dead letters are listed makes none of them come twice", async () => {
  const { die, listedWhile, numbers } = await manyLetters();
  expect(await listedWhile(() => die("250"))).toEqual([...numbers, "250"]);
});

test("a dead letter that is retried while they are listed makes none of the others missing", async () => {
  const { outbox, listedWhile, numbers } = await manyLetters();
  expect(await listedWhile(() => outbox.dead.retry(keyOf("249")))).toEqual(numbers);
});
