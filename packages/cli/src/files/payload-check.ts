import { startSandbox } from "@avantlink-s2s/sandbox";
import type { Problem } from "../terminal/problems.ts";
import { fieldsOf } from "./read-file.ts";

const ANY_MERCHANT = "123e4567-e89b-12d3-a456-426614174000";

/**
 * Holds a payload against the contract as the sandbox states it, which shares no code with the mapper: it is
 * posted, byte for byte, to a sandbox within this process.
 */
export async function checkPayload(text: string, endpoint: "order" | "click"): Promise<readonly Problem[]> {
  const sandbox = await startSandbox();
  try {
    const answer = await fetch(`${sandbox.url}/merchants/${ANY_MERCHANT}/tracking/${endpoint}`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", "user-agent": "shop" },
      body: text,
    });
    const { error, error_key } = fieldsOf(await answer.json());
    const message = `AvantLink refuses it: ${String(error)}`;
    if (!answer.ok) return [{ severity: "error", field: "body", rule: String(error_key), message }];
    const records = endpoint === "order" ? sandbox.orders : sandbox.clicks;
    // What this very request looked like is no matter of the payload.
    const findings = (records[0]?.findings ?? []).filter(({ path }) => !path.startsWith("headers"));
    return findings.map(({ severity, path, message }) => ({ severity, field: path, rule: "wire", message }));
  } finally {
    await sandbox.close();
  }
}
