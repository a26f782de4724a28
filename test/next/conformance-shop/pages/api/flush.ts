import type { NextApiHandler } from "next";
import { tracker } from "../../pages-tracker.ts";

const flush: NextApiHandler = async (_, response) => {
  response.json(await tracker.flush());
};
export default flush;
