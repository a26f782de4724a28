import { source } from "axe-core";
import type { Page } from "playwright-core";

/** What axe finds wrong with a page, in lines for people. */
export async function faultsByAxe(page: Page): Promise<readonly string[]> {
  await page.evaluate(source);
  const { violations } = (await page.evaluate("axe.run()")) as {
    violations: readonly { id: string; nodes: readonly { html: string; failureSummary?: string }[] }[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = "" }) => `${id}: ${html.slice(0, 200)} ${failureSummary}`),
  );
}
