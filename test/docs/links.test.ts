import { existsSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";
import { files, read, root } from "../repo/sources.ts";

const pages = files.filter((file) => /\.md$|^llms\.txt$/.test(file));

/** The anchors of a page, as GitHub makes them of its titles. */
function anchorsOf(page: string): ReadonlySet<string> {
  const seen = new Map<string, number>();
  return new Set(
    [...withoutCode(read(page)).matchAll(/^#{1,6} +(.+)$/gm)].map(([, title = ""]) => {
      const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1").trim();
      const anchor = plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, "")
        .replaceAll(" ", "-");
      const count = seen.get(anchor) ?? 0;
      seen.set(anchor, count + 1);
      return count === 0 ? anchor : `${anchor}-${count}`;
    }),
  );
}

const withoutCode = (text: string) => text.replace(/^```[\s\S]*?^```/gm, "");

/** What is wrong with a link of a page, if anything. */
function faultOf(page: string, link: string): string | undefined {
  if (/^(?:https?|mailto):/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? page : relative(root, join(root, dirname(page), path));
  if (!existsSync(join(root, target))) return `${page}: ${link} names no file`;
  if (anchor === undefined) return undefined;
  if (statSync(join(root, target)).isDirectory()) return `${page}: ${link} has an anchor into a folder`;
  return anchorsOf(target).has(anchor) ? undefined : `${page}: ${link} has no such title`;
}

test("every link of every page leads to a file and, where it names one, to a title", () => {
  const links = pages.flatMap((page) =>
    [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = ""]) => [page, link] as const),
  );
  expect(links.length).toBeGreaterThan(30);
  expect(links.flatMap(([page, link]) => faultOf(page, link) ?? [])).toEqual([]);
});

test("every page of docs is linked from the README", () => {
  const readme = read("README.md");
  const unlinked = pages
    .filter((page) => page.startsWith("docs/"))
    .filter((page) => !readme.includes(`(${page}`));
  expect(unlinked).toEqual([]);
});
