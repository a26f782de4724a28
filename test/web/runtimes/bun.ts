import { suiteApp } from "../suite-app.ts";
import { printedOptions } from "./settings.ts";

// Bun's own global. Its types would take the place of Node's in all other tests.
const { serve }: { serve(options: object): { readonly url: URL } } = Reflect.get(globalThis, "Bun");
const { app } = suiteApp(printedOptions(process.env.SUITE_SETTINGS));
const { url } = serve({ hostname: "127.0.0.1", port: 0, fetch: app.fetch });
console.log(`@url ${url.origin}`);
