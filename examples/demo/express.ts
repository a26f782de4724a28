import { join } from "node:path";
import { runDemo } from "./demo.ts";

await runDemo({
  title: "An Express shop whose orders reach AvantLink",
  sends: "after the page was out",
  command: (port, folder) => ({
    // The packages' sources, so that nothing has to be built first.
    args: ["--conditions=@avantlink-s2s/source", "server.ts"],
    cwd: join(import.meta.dirname, "../express-storefront"),
    env: {
      PORT: String(port),
      HOST: "127.0.0.1",
      DATABASE_PATH: join(folder, "shop.sqlite"),
      OUTBOX_PATH: join(folder, "outbox.sqlite"),
      SESSION_SECRET: "",
      TRUST_PROXY: "0",
    },
  }),
});
