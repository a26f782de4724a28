import type { Finding } from "../records.ts";
import { textsIn } from "./body-values.ts";
import { error, warning } from "./finding.ts";

const email = /[\w.!#$%&'*+/=?^`{|}~-]@[a-z0-9](?:[a-z0-9-]{0,62}\.)+[a-z]{2,24}/i;
// Bounded, so that a hostile megabyte costs no more than a long one.
const token = /\beyJ[\w-]{5,400}\.[\w-]{2,}\./;

/**
 * What no text may hold, wherever it is: an e-mail address or a JSON Web Token, however often they are percent-encoded,
 * and half characters.
 */
export function* checkTexts(body: unknown): Generator<Finding> {
  for (const [path, text] of textsIn(body)) {
    const forms = decodings(text);
    if (forms.some((form) => email.test(form)))
      yield error(
        path,
        "It holds an e-mail address. AvantLink wants no personal data; as an ID, hash it first (trim, lower-case, SHA-256).",
      );
    if (forms.some((form) => token.test(form)))
      yield error(path, "It holds a JSON Web Token: a key to someone's account. Remove it before sending.");
    if (!text.isWellFormed())
      yield warning(path, "It holds half a character (a lone surrogate), which not every JSON reader takes.");
  }
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
