import { textAt, valueAt } from "../checks/body-values.ts";
import type { Title, Tone } from "../page/source.ts";

const MAX_SHOWN = 600;

/** What the shop itself did with an order, as its `onEvent` says. */
const OUTCOMES: Readonly<Record<string, readonly [tone: Tone, word: string, sentence: string]>> = {
  accepted: ["waiting", "Accepted", "The shop's outbox has it, and will send it."],
  delivered: ["good", "Delivered", "AvantLink confirmed it."],
  duplicate: ["waiting", "Repeated", "The shop accepted this number before. Nothing is sent again."],
  skipped: ["fault", "Skipped", "The shop did not send it, on purpose."],
  rejected: ["bad", "Rejected", "The shop could not send it, and keeps it as a dead letter."],
  "not-stored": ["bad", "Not stored", "Nothing was kept. The order must be tracked again."],
  retrying: ["fault", "Retrying", "An attempt failed. The shop tries it again."],
  dead: ["bad", "Given up", "The shop keeps it as a dead letter, and does not try it again by itself."],
  problem: ["bad", "Problem", "Something beside one order went wrong."],
};

/** Whether a body is an event of a tracker: an object with a `type`. */
export function isReport(body: unknown): boolean {
  return textAt(body, "type") !== "";
}

export function reportTitle(body: unknown): Title {
  const type = textAt(body, "type");
  const [, word = type.slice(0, 40)] = (Object.hasOwn(OUTCOMES, type) && OUTCOMES[type]) || [];
  const name = textAt(body, "orderNumber").slice(0, 120);
  const kind = textAt(body, "kind") === "click" ? "click" : "order";
  return type === "problem" ? { word } : { word: `${word} ${kind}`, ...(name !== "" && { name }) };
}

export function reportOutcome(body: unknown): { tone: Tone; brief: string; sentence: string } {
  const type = textAt(body, "type");
  const [tone, , says] = (Object.hasOwn(OUTCOMES, type) && OUTCOMES[type]) || ["waiting", "", ""];
  const reason = textAt(body, "reason") || textAt(body, "error", "code");
  const status = valueAt(body, "status");
  const help = textAt(body, "error", "help");
  const why = [reason, typeof status === "number" && `status ${status}`].filter(Boolean).join(", ");
  const parts = [
    says,
    why !== "" && `Reason: ${why}.`,
    help,
    "This is an event of the shop's tracker, not a call to AvantLink.",
  ];
  return {
    tone,
    brief: reason.slice(0, 60) || "from the shop",
    sentence: parts.filter(Boolean).join(" ").slice(0, MAX_SHOWN),
  };
}
