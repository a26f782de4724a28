import { packContext } from "@avantlink-s2s/web/react-router";
import type { LoaderFunctionArgs } from "react-router";
import { tracker } from "../tracker.server.ts";

export const loader = async (args: LoaderFunctionArgs) =>
  Response.json(packContext(await tracker.contextOf(args)));
