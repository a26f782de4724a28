import { tracker } from "../../tracker.ts";

export const dynamic = "force-dynamic";

export async function GET(): Promise<Response> {
  return Response.json(await tracker.deliverDue({ timeoutMs: 5_000 }));
}
