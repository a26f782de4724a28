import { inject } from "vitest";
import { suiteEvents } from "../conformance/harness.ts";
import type { ShopPage, ShopSettings } from "../conformance/shop.ts";
import { startNext } from "./next-server.ts";
import { builtProject } from "./project.ts";

/** The suite's shop on the Next of this run. */
export const suiteProject = () =>
  builtProject({ source: "test/next/conformance-shop", next: inject("nextVersion") });

/** Where a page of the suite is among the route handlers. */
export const routeOf = (page: ShopPage) => (page === "home" ? "/" : `/${page}`);

/** Opens a suite's shop in a process of its own. */
export async function openSuiteShop(
  settings: ShopSettings,
  path: (page: ShopPage) => string = routeOf,
  environment: Readonly<Record<string, string>> = {},
) {
  const { keep, eventThat } = suiteEvents();
  const server = await startNext(
    await suiteProject(),
    { SUITE_SETTINGS: JSON.stringify(settings), ...environment },
    (line) => {
      if (line.startsWith("@event ")) keep(JSON.parse(line.slice("@event ".length)));
    },
  );
  return { ...server, eventThat, path };
}
