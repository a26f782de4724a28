import { Argument, Command } from "@commander-js/extra-typings";
import { candidates } from "../completion/candidates.ts";
import { SCRIPTS, SHELLS } from "../completion/shell-scripts.ts";

/** `completion`: the script that lets a shell complete commands and options. */
export const completionCommand = new Command("completion")
  .description("prints a script with which bash, zsh or fish completes commands and options")
  .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
  .addHelpText(
    "after",
    `
Examples:
  $ source <(avantlink-s2s completion bash)
  $ avantlink-s2s completion zsh > "\${fpath[1]}/_avantlink-s2s"
  $ avantlink-s2s completion fish > ~/.config/fish/completions/avantlink-s2s.fish
`,
  )
  .action((shell) => void process.stdout.write(SCRIPTS[shell]));

/** Asked by those scripts: the words that may follow the given ones, one a line. */
export const completeCommand = new Command("__complete")
  .argument("[words...]")
  .allowUnknownOption()
  .helpOption(false)
  .action((words, _, command) => {
    const program = command.parent;
    if (program)
      process.stdout.write(
        candidates(program, words)
          .map((word) => `${word}\n`)
          .join(""),
      );
  });
