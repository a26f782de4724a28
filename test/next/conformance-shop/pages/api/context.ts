import { packContext } from "@avantlink-s2s/next/pages";
import type { NextApiHandler } from "next";
import { tracker } from "../../pages-tracker.ts";

const context: NextApiHandler = async (request, response) => {
  response.json(packContext(await tracker.contextOf(request)));
};
export default context;
