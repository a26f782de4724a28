import { contextOf, packContext } from "@avantlink-s2s/next/pages";
import type { NextApiHandler } from "next";
import { tracker } from "../../tracker.ts";

const context: NextApiHandler = async (request, response) => {
  response.json(packContext(await contextOf(tracker, request)));
};
export default context;
