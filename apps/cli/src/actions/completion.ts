import type { Action } from "../command.ts";
import { EXIT } from "../exit-code.ts";

/** The scripts only ask `redoubt __complete`: what can be completed is known in one place. A lone `:file` asks for file names. */
const SCRIPTS: ReadonlyMap<string, string> = new Map([
  [
    "bash",
    `_redoubt() {
  local IFS=$'\\n' current=\${COMP_WORDS[COMP_CWORD]} candidates
  # Bash splits --flag=value at the equals sign.
  local -a words=()
  local word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ \${#words[@]} -gt 0 && ( $word == "=" || \${words[-1]} == --*= ) ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
  done
  [[ $current == "=" ]] && current=
  candidates=$("\${COMP_WORDS[0]}" __complete -- "\${words[@]}" 2>/dev/null)
  if [[ $candidates == ":file" ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY=($(compgen -f -- "$current"))
  else
    COMPREPLY=($candidates)
  fi
}
complete -F _redoubt redoubt
`,
  ],
  [
    "zsh",
    `#compdef redoubt
_redoubt() {
  local -a candidates
  candidates=("\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ "$candidates[1]" == ":file" ]]; then
    compset -P '--*='
    _files
  else
    compset -P '--*='
    compadd -- "\${candidates[@]}"
  fi
}
compdef _redoubt redoubt
`,
  ],
  [
    "fish",
    `function __redoubt_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l candidates ($words[1] __complete -- $words[2..-1] 2>/dev/null)
  set -l current (commandline -ct)
  if test "$candidates[1]" = ":file"
    if string match -q -- '--*=*' $current
      set -l parts (string split -m1 = -- $current)
      __fish_complete_path $parts[2] | string replace -r -- '^' "$parts[1]="
    else
      __fish_complete_path $current
    end
  else if string match -q -- '--*=*' $current
    set -l parts (string split -m1 = -- $current)
    printf '%s\\n' $parts[1]=$candidates
  else
    printf '%s\\n' $candidates
  end
end
complete -c redoubt -f -a '(__redoubt_complete)'
`,
  ],
]);

export const runCompletion: Action = async ({ args, host }) => {
  host.stdout.write(SCRIPTS.get(args.positional[0] ?? "") ?? "");
  return EXIT.clean;
};
