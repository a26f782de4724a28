import { defineConfig } from "vitest/config";

// Tests read the packages' sources, so that no build stands between a change and its test.
const conditions = ["@avantlink-s2s/source", "module", "node"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions: [...conditions, "import", "default"] } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    env: { NODE_ENV: "test" },
  },
});
