/** Reads a body of unknown shape: own properties only, so that a `__proto__` in it is a key like any other. */
export function valueAt(body: unknown, ...keys: readonly string[]): unknown {
  let value = body;
  for (const key of keys) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The text at a place; `""` when there is none. */
export function textAt(body: unknown, ...keys: readonly string[]): string {
  const value = valueAt(body, ...keys);
  return typeof value === "string" ? value : "";
}

/** The elements of an array at a place. */
export function listAt(body: unknown, ...keys: readonly string[]): unknown[] {
  const value = valueAt(body, ...keys);
  return Array.isArray(value) ? value : [];
}

/** The texts of an array at a place that are more than blanks. */
export function textsAt(body: unknown, ...keys: readonly string[]): string[] {
  const isText = (entry: unknown) => typeof entry === "string" && entry.trim() !== "";
  return listAt(body, ...keys).filter((entry): entry is string => isText(entry));
}

/** The path of a key: `order.customer`. */
export function pathBelow(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/** Every text in a body with its path, keys too; iterative, since a body may be nested deeper than the stack. */
export function* textsIn(body: unknown): Generator<readonly [path: string, text: string]> {
  const pending: [path: string, value: unknown][] = [["", body]];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [path, value] = next;
    if (typeof value === "string") yield [path, value];
    else if (Array.isArray(value)) {
      for (const [index, entry] of value.entries()) pending.push([`${path}[${index}]`, entry]);
    } else if (isObject(value)) {
      for (const [key, entry] of Object.entries(value)) {
        const below = pathBelow(path, key);
        pending.push([below, entry]);
        yield [below, key];
      }
    }
  }
}
