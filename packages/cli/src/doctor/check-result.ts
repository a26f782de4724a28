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

function checked(status: Checked["status"]) {
  return (about: string, found: string, advice?: string): Checked => ({ status, about, found, advice });
}

export const ok = checked("ok");
export const fyi = checked("fyi");
export const warn = checked("warn");
export const bad = checked("bad");
