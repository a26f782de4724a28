import type { Finding } from "../records.ts";

export const error = (path: string, message: string): Finding => ({ severity: "error", path, message });
export const warning = (path: string, message: string): Finding => ({ severity: "warning", path, message });
export const info = (path: string, message: string): Finding => ({ severity: "info", path, message });
