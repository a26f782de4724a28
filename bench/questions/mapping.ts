import { figureOf, ratios, withSpread } from "../frame/figures.ts";
import { type Question, type Run, targetOf } from "../frame/question.ts";
import { startProcess } from "../frame/remote.ts";
import type { MappingMethods, MappingTimes } from "../processes/mapping-process.ts";

async function ask({ quick, rounds, progress }: Run) {
  const mapper = await startProcess<MappingMethods>(
    new URL("../processes/mapping-process.ts", import.meta.url),
  );
  const ms = quick ? 100 : 1_000;
  await mapper.call("measure", ms);
  const found: MappingTimes[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    progress(`round ${round} of ${rounds}`);
    found.push(await mapper.call("measure", ms));
  }
  await mapper.end();
  const of = (way: keyof MappingTimes) => found.map((times) => times[way]);
  const row = (what: string, way: keyof MappingTimes) => [
    what,
    withSpread(figureOf(of(way)), 1),
    withSpread(figureOf(ratios(of(way), of("stringify"))), 1),
  ];
  return {
    targets: [
      targetOf(
        "map, check and serialize one order, of JSON.stringify alone",
        ratios(of("ours"), of("stringify")),
        { atMost: 6 },
        { digits: 1 },
      ),
    ],
    tables: [
      {
        caption: "One order, µs",
        head: ["", "µs", "of JSON.stringify"],
        rows: [
          row("JSON.stringify of the finished payload", "stringify"),
          row("mapped by hand without checks, and JSON.stringify", "byHand"),
          row("toOrderPayload and JSON.stringify", "ours"),
        ],
      },
    ],
    notes: [],
  };
}

export const mapping: Question = { name: "mapping", title: "Mapping one order", seconds: 20, ask };
