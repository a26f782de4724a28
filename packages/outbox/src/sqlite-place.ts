import { mkdir, open, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { AvantLinkError } from "@avantlink-s2s/core";

// statfs(2): file systems whose locks and shared memory do not reach across machines, as SQLite needs them to.
const NETWORK: Readonly<Record<number, string>> = {
  26985: "NFS",
  20859: "SMB",
  4283649346: "SMB",
  4266872130: "SMB",
};

/** The name of a network file system, by the type that Linux gives it. */
export function networkFileSystem(type: number): string | undefined {
  return NETWORK[type >>> 0];
}

/** Makes sure of a file that SQLite can keep orders in, readable by its owner only when it is new. */
export async function prepareFile(path: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    const network = process.platform === "linux" && networkFileSystem((await statfs(dirname(path))).type);
    if (network) {
      throw unfit(`${path} is on ${network}, where SQLite cannot keep processes apart: use a local disk.`);
    }
    await (await open(path, "a+", 0o600)).close();
  } catch (cause) {
    if (cause instanceof AvantLinkError) throw cause;
    throw unfit(
      `${path} cannot be written (${codeOf(cause)}): give the outbox a file that it may write.`,
      cause,
    );
  }
}

/** The store is not one that orders can be entrusted to. */
export function unfit(detail: string, cause?: unknown): AvantLinkError {
  return new AvantLinkError("outbox.unfit", { detail, cause });
}

function codeOf(cause: unknown): string {
  return typeof cause === "object" && cause !== null && "code" in cause ? String(cause.code) : String(cause);
}
