import { build } from "tsdown";

/** One script as Wrangler makes it: all packages inside, chosen by the condition `workerd`. */
export async function bundled(entry: string): Promise<string> {
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
