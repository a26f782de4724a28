import { defineConfig } from "vitest/config";

// Tests read the packages' sources, so that no build stands between a change and its test. Only that condition is
// added: "module" or "import" would also reach a dependency's `require`.
const conditions = ["@avantlink-s2s/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 20_000,
    env: { NODE_ENV: "test" },
  },
});
