/** What one check came to. */
export interface Checked {
  /** `ok`, `fyi` to know, `warn` to think about, `bad` to be put right before going live. */
  readonly status: "ok" | "fyi" | "warn" | "bad";
  /** What was looked at. */
  readonly about: string;
  /** What was found. */
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string | undefined;
}

export const ok = (about: string, found: string): Checked => ({ status: "ok", about, found });
export const fyi = (about: string, found: string, advice?: string): Checked => ({
  status: "fyi",
  about,
  found,
  advice,
});
export const warn = (about: string, found: string, advice: string): Checked => ({
  status: "warn",
  about,
  found,
  advice,
});
export const bad = (about: string, found: string, advice: string): Checked => ({
  status: "bad",
  about,
  found,
  advice,
});
