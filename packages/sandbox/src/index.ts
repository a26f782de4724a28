export type { Endpoint } from "./contract.ts";
export { SandboxError, type SandboxErrorCode } from "./errors.ts";
export type { Fault } from "./faults.ts";
export type { SandboxOptions } from "./options.ts";
export type {
  ClickRecord,
  Finding,
  OrderRecord,
  ReceivedRequest,
  Severity,
  TrackingRecord,
} from "./records.ts";
export { type Sandbox, startSandbox } from "./sandbox.ts";
export type { WaitOptions } from "./waits.ts";
