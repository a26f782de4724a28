import type { Finding, FindingCode, Issue } from "@avantlink-s2s/core";

/** Upper bound for each kind: the first of an order's thousands of lines show what is wrong. */
const MAX_ALIKE = 100;

/** Collects what is wrong with a platform's order: issues stop the order, findings travel with it. */
export class Findings {
  readonly issues: Issue[] = [];
  readonly findings: Finding[] = [];

  /** Adds an issue: the money, the order number or the kind of the object cannot be known. */
  issue(path: string, message: string): void {
    if (this.issues.length < MAX_ALIKE) this.issues.push({ path, message });
  }

  /** Adds a finding: something is missing or odd, and the order can be sent all the same. */
  add(code: FindingCode, path: string, message: string): void {
    const alike = this.findings.filter((finding) => finding.code === code);
    if (alike.length < MAX_ALIKE) this.findings.push({ code, path, message });
  }
}
