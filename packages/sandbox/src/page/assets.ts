import { document } from "./document.ts";
import { icon } from "./icon.ts";
import { scripts } from "./script/index.ts";
import { style } from "./style/index.ts";

/** A file of the page. */
export interface Asset {
  readonly type: string;
  readonly text: string;
}

/**
 * What the page is made of, by its address. The files are kept as text in modules, so that the published package
 * needs nothing beside its code, wherever and however it is bundled.
 */
export const assets: ReadonlyMap<string, Asset> = new Map([
  ["/", { type: "text/html; charset=utf-8", text: document }],
  ["/style.css", { type: "text/css; charset=utf-8", text: style }],
  ["/icon.svg", { type: "image/svg+xml", text: icon }],
  ...Object.entries(scripts).map(([name, text]): [string, Asset] => [
    `/script/${name}.js`,
    { type: "text/javascript; charset=utf-8", text },
  ]),
]);
