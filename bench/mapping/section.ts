import { startProcess } from "../child-process.ts";
import { figureOf, ratios, withSpread } from "../figures.ts";
import type { Run, Section, SectionResult } from "../section.ts";
import type { MappingFigures, MappingMethods } from "./mapping-process.ts";

async function run({ length, say }: Run): Promise<SectionResult> {
  const figures: MappingFigures[] = [];
  for (let round = 0; round < length.rounds; round += 1) {
    say(`round ${round + 1} of ${length.rounds}`);
    const mapper = await startProcess<MappingMethods>(new URL("./mapping-process.ts", import.meta.url));
    figures.push(await mapper.call("measure", length.seconds * 500));
    await mapper.end();
  }
  const limit = figures.map(({ stringify }) => stringify);
  const microseconds = (pick: (figure: MappingFigures) => number) =>
    withSpread(figureOf(figures.map((figure) => pick(figure) / 1_000)), 2);
  const times = (pick: (figure: MappingFigures) => number) => ratios(figures.map(pick), limit);
  const ours = times((figure) => figure.ours);
  return {
    targets: [
      {
        what: "map, validate and serialise one order, µs",
        ours: microseconds((figure) => figure.ours),
        beside: `JSON.stringify ${microseconds(({ stringify }) => stringify)}`,
        ratio: withSpread(ours, 2),
        target: "≤ 4",
        met: ours.median <= 4,
      },
    ],
    tables: [
      {
        caption: "One order, µs",
        head: ["what", "µs", "of JSON.stringify"],
        rows: [
          ["JSON.stringify of the finished payload", microseconds(({ stringify }) => stringify), "1"],
          [
            "mapped by hand, unchecked, serialised",
            microseconds(({ byHand }) => byHand),
            withSpread(
              times(({ byHand }) => byHand),
              2,
            ),
          ],
          ["toOrderPayload and JSON.stringify", microseconds((figure) => figure.ours), withSpread(ours, 2)],
        ],
      },
    ],
    notes: [
      "1,000 different orders and contexts, of one to three lines, a third with a coupon and a fifth with a discount on the order.",
    ],
  };
}

export const mapping: Section = { letter: "b", title: "Mapping one order", run };
