import type { Finding, FindingCode, Issue } from "@avantlink-s2s/core";

/** Of an order with thousands of lines, the first ones tell what is wrong. */
const MOST = 100;

/** What is noticed while a platform's order is read: issues refuse it, findings travel with it. */
export class Notes {
  readonly issues: Issue[] = [];
  readonly findings: Finding[] = [];

  /** The money or the order number cannot be known. */
  issue(path: string, message: string): void {
    if (this.issues.length < MOST) this.issues.push({ path, message });
  }

  /** Something is missing or odd, and the order can be sent all the same. */
  finding(code: FindingCode, path: string, message: string): void {
    const alike = this.findings.filter((finding) => finding.code === code);
    if (alike.length < MOST) this.findings.push({ code, path, message });
  }
}
