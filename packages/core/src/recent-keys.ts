/**
 * Values of the keys that were set last, up to a fixed number: the oldest key goes first. Everything that this
 * process remembers "for a while" is kept so, because a memory without a bound grows until the process ends.
 */
export class RecentKeys<Value = true> {
  readonly #values = new Map<string, Value>();
  readonly #max: number;

  /** @param max how many keys are kept */
  constructor(max: number) {
    this.#max = max;
  }

  get size(): number {
    return this.#values.size;
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): Value | undefined {
    return this.#values.get(key);
  }

  /** Makes the key the newest one. */
  set(key: string, value: Value): void {
    this.#values.delete(key);
    if (this.#max <= 0) return;
    this.#values.set(key, value);
    for (const oldest of this.#values.size > this.#max ? this.#values.keys() : []) {
      this.#values.delete(oldest);
      break;
    }
  }

  delete(key: string): boolean {
    return this.#values.delete(key);
  }
}
