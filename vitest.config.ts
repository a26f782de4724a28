import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests read the packages' sources, so that no build stands between a change and its test. Only that condition is
// added: "module" or "import" would also reach a dependency's `require`.
const conditions = ["@avantlink-s2s/source"];

// Node.js compiles and strips the types of a file once, for every process that the tests start.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL("node_modules/.cache/compile", import.meta.url));

// A test that takes a minute or more: hundreds of commands, whole Next.js builds, leases that must run out.
const LONG = ["test/long/**", "**/*.long.test.ts"];

/** `pnpm test` leaves the long tests and the second SQLite driver out; `pnpm test:all` (`--mode all`) and CI run all. */
export default defineConfig(({ mode }) => {
  const exclude = ["**/node_modules/**", ...(mode === "all" ? [] : LONG)];
  const testTimeout = process.env.CI ? 60_000 : 20_000;

  // Whole Next.js projects, built for production with the packages as they are published. Each is built once a run.
  const onNext = (version: "next" | "next-15") => ({
    extends: true as const,
    test: {
      name: version,
      include: ["test/next/**/*.test.ts"],
      exclude,
      globalSetup: "test/support/built-packages.ts",
      provide: { nextVersion: version },
      // A build takes some 20 seconds, and more on a busy machine.
      hookTimeout: 300_000,
      testTimeout: 240_000,
      fileParallelism: false,
    },
  });

  // SQLite's tests again, as on a Node.js that has no SQLite of its own.
  const onBetterSqlite3 = {
    extends: true as const,
    test: {
      name: "better-sqlite3",
      include: ["test/outbox/**/sqlite*.test.ts", "test/outbox/sqlite/**/*.test.ts"],
      exclude,
      execArgv: ["--no-experimental-sqlite"],
      testTimeout,
    },
  };

  return {
    resolve: { conditions },
    ssr: { resolve: { conditions } },
    test: {
      env: { NODE_ENV: "test" },
      // Real servers and browsers start and end here; on a busy machine one may once be too slow.
      retry: process.env.CI ? 1 : 0,
      // What a test waits for may take a second and more on a busy machine.
      expect: { poll: { timeout: 15_000 } },
      // Most tests wait for processes and servers, so that one worker more than there are cores keeps all cores busy.
      maxWorkers: availableParallelism() + 1,
      projects: [
        {
          extends: true,
          test: {
            name: "packages",
            include: ["test/**/*.test.ts"],
            exclude: [...exclude, "test/cli/**", "test/next/**", "test/matrix/**"],
            testTimeout,
          },
        },
        {
          extends: true,
          test: {
            name: "cli",
            include: ["test/cli/**/*.test.ts"],
            exclude,
            // Hundreds of commands start here, and the built command starts in half the time.
            globalSetup: "test/support/built-packages.ts",
            env: { BUILT_COMMAND: "yes" },
            testTimeout,
          },
        },
        ...(mode === "all" ? [onBetterSqlite3] : []),
        {
          extends: true,
          test: {
            name: "matrix",
            include: ["test/matrix/*.test.ts"],
            globalSetup: "test/matrix/setup.ts",
            // A project is installed and built first.
            hookTimeout: 300_000,
            testTimeout: 60_000,
            fileParallelism: false,
          },
        },
        onNext("next"),
        onNext("next-15"),
      ],
    },
  };
});
