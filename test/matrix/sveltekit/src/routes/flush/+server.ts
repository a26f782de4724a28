import { json } from "@sveltejs/kit";
import { tracker } from "../../lib/tracker.ts";

export const GET = async () => json(await tracker.flush());
