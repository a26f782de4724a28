import type { Finding } from "../records.ts";
import { eachText } from "./body-values.ts";
import { error } from "./finding.ts";

const email = /[\w.!#$%&'*+/=?^`{|}~-]@[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,24}/i;
// Bounded, so that a hostile megabyte costs no more than a long one.
const token = /\beyJ[\w-]{5,400}\.[\w-]{2,}\./;

/** E-mail addresses and JSON Web Tokens, wherever they are and however often they are percent-encoded. */
export function checkPersonalData(body: unknown): Finding[] {
  const findings: Finding[] = [];
  const found = (path: string, message: string) => findings.push(error(path, message));
  eachText(body, (path, text) => {
    const forms = decodings(text);
    if (forms.some((form) => email.test(form))) {
      found(
        path,
        "It holds an e-mail address. AvantLink wants no personal data; as an ID, hash it first (trim, lower-case, SHA-256).",
      );
    }
    if (forms.some((form) => token.test(form))) {
      found(path, "It holds a JSON Web Token: a key to someone's account. Remove it before sending.");
    }
  });
  return findings;
}

/** The text and what up to four rounds of percent-decoding make of it. */
function decodings(text: string): string[] {
  const forms = [text];
  for (let round = 0; round < 4; round++) {
    const last = forms[forms.length - 1] ?? "";
    const decoded = last.replaceAll(/%(?:[2-7][0-9a-f])/gi, (code) =>
      String.fromCharCode(Number.parseInt(code.slice(1), 16)),
    );
    if (decoded === last) break;
    forms.push(decoded);
  }
  return forms;
}
