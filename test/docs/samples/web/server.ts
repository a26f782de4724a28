import { serve } from "@hono/node-server";
import app from "./shop.ts";

serve({ fetch: app.fetch, port: 3000 });
