import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";
import { MERCHANT_ID } from "../conformance/shop.ts";
import { type NextServer, startNext } from "./next-server.ts";
import { builtProject, type ProjectPlan } from "./project.ts";

/** The example shop on the Next of this run. */
export const storefront = (changes: Partial<ProjectPlan> = {}) =>
  builtProject({ source: "examples/next-storefront", next: inject("nextVersion"), ...changes });

export const PAYMENT_SECRET = "known to the provider and the shop";

/** The example shop, open on this machine with a folder of its own. */
export interface NextStorefront extends NextServer {
  readonly folder: string;
}

/** Opens the example shop with an empty database, or with that of an earlier one. */
export async function openStorefront(
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
  project = storefront(),
  folder = mkdtempSync(join(tmpdir(), "next-storefront-")),
): Promise<NextStorefront> {
  const server = await startNext(await project, {
    AVANTLINK_MERCHANT_ID: MERCHANT_ID,
    AVANTLINK_ENDPOINT: endpoint,
    DATABASE_PATH: join(folder, "shop.sqlite"),
    OUTBOX_PATH: join(folder, "outbox.sqlite"),
    PAYMENT_SECRET,
    ...environment,
  });
  const close = async () => {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { ...server, folder, close, [Symbol.asyncDispose]: close };
}
