import { connection } from "next/server.js";
import { tracker } from "../../tracker.ts";

export async function GET(): Promise<Response> {
  await connection();
  return Response.json(await tracker.flush());
}
