import { packContext } from "@avantlink-s2s/next";
import { tracker } from "../../tracker.ts";

export async function GET(request: Request): Promise<Response> {
  return Response.json(packContext(await tracker.contextOf(request)));
}
