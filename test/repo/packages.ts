/** Holds each package, as it would be published, against publint's rules. Build first: `pnpm check:packages`. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const packages = fileURLToPath(new URL("../../packages", import.meta.url));
let faults = 0;

for (const name of readdirSync(packages)) {
  const pkgDir = `${packages}/${name}`;
  const manifest: unknown = JSON.parse(readFileSync(`${pkgDir}/package.json`, "utf8"));
  const { messages } = await publint({ pkgDir, strict: true, pack: "pnpm" });
  for (const message of messages) {
    faults += 1;
    console.log(`${name}: ${formatMessage(message, manifest as Record<string, unknown>) ?? message.code}`);
  }
  console.log(`${name}: ${messages.length === 0 ? "ready to be published" : "see above"}`);
}
process.exitCode = faults > 0 ? 1 : 0;
