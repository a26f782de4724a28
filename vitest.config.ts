import { defineConfig } from "vitest/config";

// Tests read the packages' sources, so that no build stands between a change and its test. Only that condition is
// added: "module" or "import" would also reach a dependency's `require`.
const conditions = ["@avantlink-s2s/source"];

// Whole Next projects, built for production with the packages as they are published; each is built once a run.
const onNext = (version: "next" | "next-15") => ({
  extends: true as const,
  test: {
    name: version,
    include: ["test/next/**/*.test.ts"],
    globalSetup: "test/support/built-packages.ts",
    provide: { nextVersion: version },
    // A build takes some 20 seconds, and more on a machine that has other things to do.
    hookTimeout: 300_000,
    testTimeout: 240_000,
    fileParallelism: false,
  },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    env: { NODE_ENV: "test" },
    // Real servers and browsers are started and killed here; a busy machine may once be too slow for one of them.
    retry: process.env.CI ? 1 : 0,
    projects: [
      {
        extends: true,
        test: {
          name: "packages",
          include: ["test/**/*.test.ts"],
          exclude: ["test/next/**"],
          testTimeout: process.env.CI ? 60_000 : 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "better-sqlite3",
          include: ["test/outbox/sqlite*.test.ts"],
          // As on a Node.js that has no SQLite of its own.
          execArgv: ["--no-experimental-sqlite"],
          testTimeout: process.env.CI ? 60_000 : 20_000,
        },
      },
      onNext("next"),
      onNext("next-15"),
    ],
  },
});
