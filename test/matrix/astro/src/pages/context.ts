import { packContext } from "@avantlink-s2s/web/astro";
import type { APIContext } from "astro";
import { tracker } from "../lib/tracker.ts";

export const GET = async (context: APIContext) =>
  Response.json(packContext(await tracker.contextOf(context)));
