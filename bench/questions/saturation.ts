import { figureOf, ratios, withSpread } from "../frame/figures.ts";
import type { Question, Run } from "../frame/question.ts";
import { rush } from "../load.ts";
import { orderNumber } from "../orders.ts";
import { startReceiver } from "../receiver.ts";
import { startShop } from "../shop.ts";
import { THANK_YOU } from "../shop-pages.ts";
import type { TrackerKind } from "../trackers.ts";

const CONTENDERS: readonly TrackerKind[] = ["no tracking", "ours", "un-awaited fetch", "Segment", "PostHog"];
const SHOPPERS = 48;

async function pagesPerSecond(kind: TrackerKind, receiver: string, quick: boolean): Promise<number> {
  const shop = await startShop({ kind, receiver });
  let placed = 0;
  const visit = () => {
    placed += 1;
    return shop.shoppers.visit(`${THANK_YOU}/${orderNumber(placed)}`);
  };
  const [warmUp, seconds] = quick ? [0.3, 0.3] : [2, 3];
  await rush(SHOPPERS, warmUp, visit);
  const speed = (await rush(SHOPPERS, seconds, visit)) / seconds;
  await shop.end();
  return speed;
}

async function ask({ quick, rounds, progress }: Run) {
  const receiver = await startReceiver();
  await receiver.behave({ answersAfterMs: 50 });
  const speeds = new Map<TrackerKind, number[]>(CONTENDERS.map((kind) => [kind, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const kind of CONTENDERS) {
      progress(`round ${round} of ${rounds}: ${kind}`);
      speeds.get(kind)?.push(await pagesPerSecond(kind, receiver.url, quick));
    }
  }
  await receiver.end();
  const of = (kind: TrackerKind) => speeds.get(kind) ?? [];
  return {
    targets: [],
    tables: [
      {
        caption: `Thank-you pages a second, ${SHOPPERS} shoppers without a pause`,
        head: ["", "pages/s", "of no tracking"],
        rows: CONTENDERS.map((kind) => [
          kind,
          withSpread(figureOf(of(kind))),
          withSpread(figureOf(ratios(of(kind), of("no tracking"))), 2),
        ]),
      },
    ],
    notes: ["No shop has this load, so it is no target. Our tracker has its memory outbox."],
  };
}

export const saturation: Question = { name: "saturation", title: "Saturation", seconds: 170, ask };
