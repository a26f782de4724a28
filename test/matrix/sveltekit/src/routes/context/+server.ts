import { packContext } from "@avantlink-s2s/web/sveltekit";
import { json, type RequestEvent } from "@sveltejs/kit";
import { tracker } from "../../lib/tracker.ts";

export const GET = async (event: RequestEvent) => json(packContext(await tracker.contextOf(event)));
