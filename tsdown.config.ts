import { defineConfig } from "tsdown";

export default defineConfig({
  workspace: "packages/*",
  entry: ["src/index.ts"],
  format: ["esm", "cjs"],
  dts: true,
  target: "node20.19",
  platform: "neutral",
  fixedExtension: false,
  sourcemap: false,
  clean: true,
});
