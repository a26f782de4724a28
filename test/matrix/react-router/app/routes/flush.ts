import { tracker } from "../tracker.server.ts";

export const loader = async () => Response.json(await tracker.flush());
