import { join } from "node:path";

/** The folder of the shop's styles and pictures. */
export const PUBLIC_FOLDER = join(import.meta.dirname, "public");
