import ts from "typescript";
import { read } from "../repo/sources.ts";

const LITERAL = /^(?:"[^"]*"|[\d_]+|\[\]|\{.*\}|true|false|[\w.]+\(\)|(?:Date|Math)\.\w+)/;

/** A property of an interface, with what its comment says. */
export interface Property {
  /** The name, with its group: `retry.maxAgeMs`. */
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly default: string;
  /** The sentences, without tags and wire fields. */
  readonly meaning: string;
}

/** The properties of an interface in a source file. Groups (an interface of the same file) are taken apart. */
export function propertiesOf(file: string, name: string, group = ""): readonly Property[] {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found = source.statements.filter(ts.isInterfaceDeclaration).find((one) => one.name.text === name);
  if (!found) throw new Error(`${file} has no interface ${name}`);
  return found.members.filter(ts.isPropertySignature).flatMap((member) => {
    const path = group + member.name.getText();
    const type = withoutUndefined(member.type);
    const inner = source.statements
      .filter(ts.isInterfaceDeclaration)
      .find((one) => one.name.text === type.replace(/^readonly (\w+)\[\]$/, "$1"));
    if (inner) return propertiesOf(file, inner.name.text, `${path}${type.endsWith("[]") ? "[]" : ""}.`);
    return [propertyOf(member, path, type)];
  });
}

function propertyOf(member: ts.PropertySignature, name: string, type: string): Property {
  const [doc] = ts.getJSDocCommentsAndTags(member).filter(ts.isJSDoc);
  const tag = doc?.tags?.find(({ tagName }) => tagName.text === "default");
  const [given = ""] = textOf(tag).split(/\s*Wire:/);
  return {
    name,
    type,
    isRequired: member.questionToken === undefined,
    default: given,
    meaning: textOf(doc).replace(/\s*Wire:.*$/, ""),
  };
}

/** A comment in one line, with the names of its links. */
function textOf(node: ts.JSDoc | ts.JSDocTag | undefined): string {
  const text = ts.getTextOfJSDocComment(node?.comment) ?? "";
  return text
    .replace(/\{@link ([^}]+)\}/g, "`$1`")
    .replace(/\s+/g, " ")
    .trim();
}

function withoutUndefined(type: ts.TypeNode | undefined): string {
  const text = (type?.getText() ?? "").replace(/\s+/g, " ").replace(/^\| /, "");
  return text.replace(/ \| undefined$/, "").replace(/^\((.*)\)$/, "$1");
}

/** The properties as a table of a page. */
export function tableOf(properties: readonly Property[]): string {
  const cell = (text: string) => text.replaceAll("|", "\\|");
  const rows = properties.map(({ name, type, isRequired, default: given, meaning }) => {
    const fallback = isRequired ? "required" : given.replace(LITERAL, "`$&`") || "none";
    return `| \`${name}\` | ${cell(`\`${type}\``)} | ${cell(fallback)} | ${cell(meaning)} |`;
  });
  return ["| name | type | default | meaning |", "| --- | --- | --- | --- |", ...rows].join("\n");
}
