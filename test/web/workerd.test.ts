import { Miniflare } from "miniflare";
import { build } from "tsdown";
import { testAdapter } from "../conformance/adapter.ts";
import { suiteEvents } from "../conformance/harness.ts";

const script = await bundled(new URL("runtimes/worker.ts", import.meta.url).pathname);

testAdapter("Hono on workerd", async (settings) => {
  const { keep, eventThat } = suiteEvents();
  const worker = new Miniflare({
    modules: true,
    script,
    compatibilityDate: "2026-07-01",
    bindings: { SUITE_SETTINGS: JSON.stringify(settings) },
    handleStructuredLogs: ({ message }: { readonly message: string }) => {
      if (message.startsWith("@event ")) keep(JSON.parse(message.slice("@event ".length)));
    },
  });
  const { origin } = await worker.ready;
  return {
    url: origin,
    path: (name) => (name === "home" ? "/" : `/${name}`),
    eventThat,
    close: () => worker.dispose(),
  };
});

/** One script as Wrangler makes it: all packages inside, chosen by the condition `workerd`. */
async function bundled(entry: string): Promise<string> {
  const [bundle] = await build({
    entry,
    config: false,
    write: false,
    dts: false,
    logLevel: "error",
    platform: "neutral",
    deps: { alwaysBundle: /./ },
    inputOptions: {
      resolve: {
        conditionNames: ["@avantlink-s2s/source", "workerd", "worker", "import"],
        mainFields: ["module", "main"],
      },
    },
  });
  const [chunk] = bundle?.chunks ?? [];
  if (chunk?.type !== "chunk") throw new Error("The worker was not bundled.");
  return chunk.code;
}
