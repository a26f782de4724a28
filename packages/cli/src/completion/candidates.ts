/** The part of a command that completion reads. */
export interface CommandTree {
  name(): string;
  readonly commands: readonly CommandTree[];
  readonly options: readonly {
    readonly long?: string | undefined;
    readonly hidden: boolean;
    readonly required: boolean;
    readonly optional: boolean;
    readonly argChoices?: readonly string[] | undefined;
  }[];
}

/** The words that may stand in the last place, after those before it. A value without choices has none. */
export function candidates(program: CommandTree, words: readonly string[]): readonly string[] {
  const last = words.at(-1) ?? "";
  let command = program;
  let previous = "";
  for (const word of words.slice(0, -1)) {
    command = command.commands.find((child) => child.name() === word) ?? command;
    previous = word;
  }
  const option = command.options.find(({ long }) => long === previous);
  if (option && (option.required || option.optional)) return startingWith(last, option.argChoices ?? []);
  const names = command.commands.map((child) => child.name()).filter((name) => !name.startsWith("__"));
  const flags = command.options.filter(({ hidden }) => !hidden).flatMap(({ long }) => (long ? [long] : []));
  return startingWith(last, last.startsWith("-") ? [...flags, "--help"] : names.length > 0 ? names : flags);
}

function startingWith(start: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith(start)).sort();
}
