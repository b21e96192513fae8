import type { Command } from "commander";
import type { Context } from "../context.ts";
import { wrongUse } from "../failure.ts";

/** Prints a script that completes commands, options and their choices. */
export async function completion(
  context: Context,
  { program, shell }: { program: Command; shell: string },
): Promise<void> {
  if (shell === "bash") return context.write(bashScript(program));
  if (shell === "zsh") return context.write(zshScript(program));
  throw wrongUse(`"${shell}" has no completion; there is one for bash and one for zsh`);
}

/** What may follow the words of a command. */
export interface Completions {
  /** "" for wadi itself, "agent join" for a command below one. */
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
  /** Options that take a value, with what it may be; none where it is free. */
  readonly values: ReadonlyMap<string, readonly string[]>;
}

/** Of each command of the tree. */
export function completionsOf(program: Command, path = ""): Completions[] {
  const options = optionsOf(program);
  const commands = program.commands.map((command) => command.name());
  const taken = program.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const own: Completions = {
    path,
    commands: [...commands, ...taken],
    options: [...options.flatMap(({ names }) => names), "--help"],
    values: new Map(
      options
        .filter(({ takesValue }) => takesValue)
        .flatMap(({ names, choices }) => names.map((name) => [name, choices] as const)),
    ),
  };
  const below = program.commands.flatMap((command) =>
    completionsOf(command, `${path} ${command.name()}`.trim()),
  );
  return [own, ...below];
}

function optionsOf(command: Command) {
  const all = [...command.options, ...ancestors(command).flatMap(({ options }) => options)];
  return all.map(({ short, long, required, optional, argChoices }) => ({
    names: [short, long].filter((name) => name !== undefined),
    takesValue: required || optional,
    choices: argChoices ?? [],
  }));
}

function ancestors({ parent }: Command): Command[] {
  return parent === null ? [] : [parent, ...ancestors(parent)];
}

function bashScript(program: Command): string {
  const all = completionsOf(program);
  const commandPaths = quoted(all.map(({ path }) => path).filter((path) => path !== ""));
  return `# wadi completion for bash: source <(wadi completion bash)
_wadi_pick() { COMPREPLY=($(compgen -W "$1" -- "\${COMP_WORDS[COMP_CWORD]}")); }
_wadi_files() { COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}")); }
_wadi() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"
  local path="" word skip="" i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    if [[ -n $skip ]]; then skip=""; continue; fi
    if [[ $word == -* ]]; then
      case "$path:$word" in
${valueCases(all, "skip=1")}
      esac
      continue
    fi
    word="$path\${path:+ }$word"
    case "$word" in
      ${commandPaths}) path="$word" ;;
    esac
  done
  case "$path:$prev" in
${choiceCases(all)}
${valueCases(all, "_wadi_files; return")}
  esac
  case "$path" in
${all.map(wordsCase).join("\n")}
  esac
  if [[ \${#COMPREPLY[@]} -eq 0 && $cur != -* ]]; then _wadi_files; fi
}
complete -o filenames -F _wadi wadi
`;
}

const wordsCase = ({ path, commands, options }: Completions) =>
  `    "${path}")
      if [[ $cur == -* ]]; then _wadi_pick "${options.join(" ")}"
      else _wadi_pick "${commands.join(" ")}"; fi ;;`;

/** What an option may be, where that is a choice. */
function choiceCases(all: readonly Completions[]): string {
  return all
    .flatMap(({ path, values }) =>
      [...values]
        .filter(([, choices]) => choices.length > 0)
        .map(([name, choices]) => ({ at: `${path}:${name}`, choices: choices.join(" ") })),
    )
    .map(({ at, choices }) => `    "${at}") _wadi_pick "${choices}"; return ;;`)
    .join("\n");
}

/** What to do at each option that takes a value. */
function valueCases(all: readonly Completions[], what: string): string {
  return all
    .filter(({ values }) => values.size > 0)
    .map(({ path, values }) => quoted([...values.keys()].map((name) => `${path}:${name}`)))
    .map((options) => `      ${options}) ${what} ;;`)
    .join("\n");
}

const quoted = (words: readonly string[]) => words.map((word) => `"${word}"`).join(" | ");

/** zsh runs the bash script through its own emulation. */
function zshScript(program: Command): string {
  return `#compdef wadi
# wadi completion for zsh: source <(wadi completion zsh)
autoload -Uz bashcompinit && bashcompinit
${bashScript(program)}`;
}
