const HEX_KEY = /^[0-9a-f]{64}$/;

/** A key as it is stored: half the size of its digits, for every order of 400 days. Other keys are their own text. */
export function bytesOf(key: string): Uint8Array {
  if (!HEX_KEY.test(key)) return new TextEncoder().encode(key);
  return Uint8Array.from({ length: 32 }, (_, index) =>
    Number.parseInt(key.slice(2 * index, 2 * index + 2), 16),
  );
}

/** The key that {@link bytesOf} made these bytes of. */
export function keyOf(bytes: Uint8Array): string {
  return bytes.length === 32 ? hexOf(bytes) : new TextDecoder().decode(bytes);
}

/** Bytes as lower-case hexadecimal digits. */
export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
