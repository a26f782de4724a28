import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { read, root } from "../repo/sources.ts";
import { propertiesOf, tableOf } from "./type-table.ts";

const PAGE = "docs/options.md";

/** The tables of the page, each by the type that it prints. */
const TABLES: Readonly<Record<string, string>> = {
  TrackerOptions: "packages/core/src/options/options.ts",
  Order: "packages/core/src/order/order.ts",
  TrackingContext: "packages/core/src/context/context.ts",
  TrackOrderOptions: "packages/core/src/tracker/tracker.ts",
  MemoryOutboxOptions: "packages/core/src/outbox/memory-outbox.ts",
  SqliteOutboxOptions: "packages/outbox/src/sqlite/index.ts",
  PostgresOutboxOptions: "packages/outbox/src/postgres/index.ts",
  BullmqOutboxOptions: "packages/outbox/src/bullmq/index.ts",
  SandboxOptions: "packages/sandbox/src/options.ts",
};

test.each(Object.entries(TABLES))(
  "docs/options.md prints every property of %s, with its type, default and meaning (UPDATE=1 rewrites it)",
  (type, file) => {
    const table = tableOf(propertiesOf(file, type));
    const place = new RegExp(`(<!-- ${type} -->\\n\\n)[\\s\\S]*?(\\n\\n)`);
    expect(read(PAGE)).toMatch(place);
    if (process.env.UPDATE === "1") {
      const page = read(PAGE).replace(place, (_, before, after) => before + table + after);
      writeFileSync(join(root, PAGE), page);
    }
    expect(read(PAGE)).toContain(`<!-- ${type} -->\n\n${table}\n\n`);
  },
);
