// Finds words that the house does not use: `pnpm words [folder]` lists each with the word to write instead.
import { pathToFileURL } from "node:url";
import { files, read } from "./sources.ts";

interface Rule {
  readonly not: RegExp;
  /** The word to write instead. */
  readonly write: string;
  /** The folders where the word has its one meaning. */
  readonly except?: RegExp;
}

const RULES: readonly Rule[] = [
  { not: /courier/gi, write: "deliver, delivery" },
  { not: /sighting/gi, write: "landing, or click" },
  { not: /\bnotic(?:e|es|ed|ing)\b|Notice/gi, write: "landing, finding, report, or see" },
  { not: /intake|\b(?:take|takes|taken|taking|took) in\b|takeIn/gi, write: "Decision, decide, accept" },
  { not: /\bturn(?:s|ed|ing)? away\b|turn(?:ed)?Away/gi, write: "reject, Decision" },
  {
    not: /\b[Tt](?:ell|ells|elling|old|eller)\b|\b(?:tell|told)(?=[A-Z])|(?:Tell|Told)\b/g,
    write: "report",
  },
  { not: /announc/gi, write: "report, warnOnce" },
  { not: /refusal/gi, write: "refused (by AvantLink), denied (by the shopper), rejected, skipped" },
  { not: /\b(?:MOST|LONGEST|LOOK|PATIENCE)_|_(?:PATIENCE|LOOK)\b|_PATIENCE_/g, write: "MAX_…, …_MS" },
  { not: /\bNOTHING\b/g, write: "the empty thing by its kind: ZERO, emptyTotals" },
  { not: /\bone that\b/gi, write: "the name of the thing" },
  { not: /\bsomebody\b|\bwhoever\b/gi, write: "the name of the person or thing" },
  { not: /snapshot/gi, write: "context" },
  {
    not: /settle/gi,
    write: "deliver, finish, pay (settle is said of a leased job only)",
    except:
      /^(?:packages\/outbox|packages\/core\/src\/(?:outbox|delivery)|test\/(?:outbox|conformance|long))\//,
  },
  {
    not: /(?:hono|behavio|colo|favo|neighbo)ur|labelled\b|recognis|organis(?!m)|\bgrey|\banalyse|centre|\bcancell(?:ed|ing)\b/gi,
    write: "the American spelling",
  },
];

/** What stands in the code under a name that is not ours to choose. */
const EXCEPTIONS: readonly { readonly text: RegExp; readonly reason: string }[] = [
  { text: /ON CONFLICT \(\w+\) DO NOTHING/g, reason: "SQL" },
  { text: /\bonnotice\b/g, reason: "an option of postgres.js" },
  { text: /globalPrivacyControl: "honour"/g, reason: "a wrong value, which a test proves to be rejected" },
  { text: /toMatch(?:File|Inline)?Snapshot/g, reason: "vitest's name" },
  { text: /Promise\.allSettled|PromiseSettledResult/g, reason: "JavaScript's name" },
  { text: /outbox\.settled\b/g, reason: "the contract's list of settled jobs" },
  {
    text: /PaymentSettled|paymentsettled|PartiallySettled|settledAt/g,
    reason: "Vendure's and Medusa's states",
  },
  { text: /\boutbox\.settled\b/g, reason: "a part of the outbox contract" },
  { text: /["'`]?\bcancelled(?:_at|At)?\b["'`]?/gi, reason: "the platforms' own spelling of a state" },
];

/** A place in the code with a word that the house does not use. */
export interface Found {
  readonly place: string;
  readonly word: string;
  readonly write: string;
}

/** The words in one text that the house does not use. */
export function wordsOf(file: string, text: string): readonly Found[] {
  const ours = EXCEPTIONS.reduce((rest, { text: exception }) => rest.replace(exception, ""), text);
  return ours
    .split("\n")
    .flatMap((line, index) =>
      RULES.filter(({ except }) => except?.test(file) !== true).flatMap(({ not, write }) =>
        (line.match(not) ?? []).map((word) => ({ place: `${file}:${index + 1}`, word, write })),
      ),
    );
}

/** The words in all sources and tests, by the package or the folder of tests in which they stand. */
export function wordsByFolder(): ReadonlyMap<string, readonly Found[]> {
  const found = new Map<string, Found[]>();
  for (const file of files) {
    if (!/^(?:packages\/[^/]+\/src|test|examples|bench)\/.*\.(?:tsx?|css|sql|lua)$/.test(file)) continue;
    // The rules themselves name the words.
    if (/^test\/repo\/words\.(?:test\.)?ts$/.test(file)) continue;
    const folder = file.split("/").slice(0, 2).join("/");
    found.set(folder, [...(found.get(folder) ?? []), ...wordsOf(file, read(file))]);
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const below = process.argv[2] ?? "";
  const all = [...wordsByFolder().values()].flat().filter(({ place }) => place.startsWith(below));
  for (const { place, word, write } of all) console.log(`${place}: "${word}" → ${write}`);
  console.log(`${all.length} words`);
}
