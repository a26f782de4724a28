/**
 * Values of the keys that were set last: at least `max` of them, and never more than twice as many, because a memory
 * without a bound grows until the process ends. The older half goes at once: a map that loses its oldest entry with
 * each new one has to search for it.
 */
export class RecentKeys<Value = true> {
  readonly #max: number;
  #newer = new Map<string, Value>();
  #older = new Map<string, Value>();

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): Value | undefined {
    return this.#newer.get(key) ?? this.#older.get(key);
  }

  /** Makes the key the newest one. */
  set(key: string, value: Value): void {
    if (this.#newer.size >= this.#max) {
      this.#older = this.#newer;
      this.#newer = new Map();
    }
    this.#older.delete(key);
    this.#newer.set(key, value);
  }

  /** The values, oldest first. */
  values(): readonly Value[] {
    return [...this.#older.values(), ...this.#newer.values()];
  }

  delete(key: string): void {
    this.#newer.delete(key);
    this.#older.delete(key);
  }
}
