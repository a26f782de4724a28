import { toOrderPayload } from "@avantlink-s2s/core";
import { Command } from "@commander-js/extra-typings";
import { EXIT } from "../exit-codes.ts";
import { givenOrder, problemsOf } from "../files/given-order.ts";
import { checkPayload } from "../files/payload-check.ts";
import { fieldsOf, parseJson, readText } from "../files/read-file.ts";
import { type Problem, sayProblems } from "../terminal/problems.ts";
import { openTerminal } from "../terminal/terminal.ts";

/** `validate`: what is wrong with an order, or with the JSON that is sent. */
export const validateCommand = new Command("validate")
  .description("checks an order, or a payload as it goes to AvantLink; sends nothing")
  .argument("<file>", "JSON: an order (with its context, if any), or a payload; - for stdin")
  .option("--strict", "let warnings fail too")
  .option("--json", "print JSON, for scripts")
  .addHelpText(
    "after",
    `
Examples:
  $ avantlink-s2s validate order.json
  $ curl -s https://shop.example/debug/last-order | avantlink-s2s validate - --json | jq '.problems[].field'
`,
  )
  .action(async (file, { strict, json }) => {
    const terminal = openTerminal({ json: json === true });
    const { kind, problems } = await validate(await readText(file), file);
    const of = (severity: Problem["severity"]) => problems.filter((one) => one.severity === severity).length;
    const ok = of("error") === 0 && (strict !== true || of("warning") === 0);
    terminal.sayJson({ ok, kind, problems });
    if (problems.length > 0) sayProblems(terminal, problems);
    const counts = `${of("error")} errors, ${of("warning")} warnings`;
    terminal.say(`${terminal.emphasise(ok ? "good" : "bad", ok ? "ok" : "not ok")} (${kind}; ${counts})`);
    process.exitCode = ok ? EXIT.ok : EXIT.wrong;
  });

async function validate(text: string, file: string) {
  const value = parseJson(text, file);
  const fields = fieldsOf(value);
  if ("tracking_ids" in fields || "current_url" in fields) {
    const endpoint = "order" in fields ? "order" : "click";
    return { kind: `${endpoint} payload`, problems: await checkPayload(text, endpoint) };
  }
  const { order, context } = givenOrder(value);
  return { kind: "order", problems: problemsOf(toOrderPayload(order, context)) };
}
