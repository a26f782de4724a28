import { AvantLinkError } from "@avantlink-s2s/core";

/** What is wrong with a value, or nothing. */
export type Check = (value: unknown) => string | undefined;

/** Throws once, naming every fault; an option that nobody knows is one. */
export function checkOptions(of: string, options: unknown, checks: Readonly<Record<string, Check>>): void {
  const given: object = typeof options === "object" && options !== null ? options : {};
  const issues = Object.entries(checks).flatMap(([path, check]) => {
    const message = check(Reflect.get(given, path));
    return message === undefined ? [] : [{ path, message }];
  });
  for (const path of Object.keys(given)) {
    if (!Object.hasOwn(checks, path)) issues.push({ path, message: "is not an option" });
  }
  if (issues.length > 0) throw new AvantLinkError("config.invalid", { detail: `They are ${of}'s.`, issues });
}
