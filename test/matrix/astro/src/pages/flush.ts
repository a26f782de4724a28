import { tracker } from "../lib/tracker.ts";

export const GET = async () => Response.json(await tracker.flush());
