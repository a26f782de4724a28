import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A file of the page. */
export interface PageFile {
  readonly type: string;
  readonly text: string;
}

const STYLES = ["base", "list", "detail", "panels", "desk"];

/**
 * Bundles the page from its sources, and gives its files by their address. The build replaces this function by its
 * result, so that the published package needs neither the bundler nor a file beside its code.
 */
export async function bundlePage(): Promise<ReadonlyMap<string, PageFile>> {
  const { rolldown } = await import("rolldown");
  const read = (name: string) => readFile(new URL(`client/${name}`, import.meta.url), "utf8");
  const bundle = await rolldown({
    input: fileURLToPath(new URL("client/main.ts", import.meta.url)),
    platform: "browser",
  });
  const { output } = await bundle.generate({ format: "esm", minify: true });
  await bundle.close();
  const styles = await Promise.all(STYLES.map((name) => read(`style/${name}.css`)));
  return new Map([
    ["/", { type: "text/html; charset=utf-8", text: await read("index.html") }],
    ["/app.js", { type: "text/javascript; charset=utf-8", text: output[0].code }],
    ["/style.css", { type: "text/css; charset=utf-8", text: styles.join("\n") }],
    ["/icon.svg", { type: "image/svg+xml", text: await read("icon.svg") }],
  ]);
}
