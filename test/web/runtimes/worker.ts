import { suiteApp } from "../suite-app.ts";
import { printedOptions } from "./settings.ts";

interface Bindings {
  readonly SUITE_SETTINGS: string;
}

let shop: ReturnType<typeof suiteApp> | undefined;

export default {
  fetch(request: Request, env: Bindings, ctx: Parameters<ReturnType<typeof suiteApp>["app"]["fetch"]>[2]) {
    shop ??= suiteApp(printedOptions(env.SUITE_SETTINGS));
    return shop.app.fetch(request, env, ctx);
  },
};
