export const SHELLS = ["bash", "zsh", "fish"] as const;

/** Each asks the command itself, so that it never differs from the installed version; otherwise it completes files. */
export const SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `_avantlink_s2s() {
  local IFS=$'\\n'
  COMPREPLY=($(avantlink-s2s __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
}
complete -o default -F _avantlink_s2s avantlink-s2s
`,
  zsh: `#compdef avantlink-s2s
_avantlink_s2s() {
  local -a found
  found=("\${(@f)$(avantlink-s2s __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${found[1]}" ]]; then compadd -- "\${found[@]}"; else _files; fi
}
if [[ "\${funcstack[1]}" == "_avantlink-s2s" ]]; then _avantlink_s2s "$@"; else compdef _avantlink_s2s avantlink-s2s; fi
`,
  fish: `function __avantlink_s2s
  set -l words (commandline -opc) (commandline -ct)
  avantlink-s2s __complete -- $words[2..-1] 2>/dev/null
end
complete -c avantlink-s2s -a '(__avantlink_s2s)'
`,
};
