/**
 * `fa completion <shell>`: a script that completes commands, flags, the words that a flag takes and codes. The script holds the words
 * themselves, so a press of the key starts no process; paths are left to the shell.
 */
import type { Host } from "../host.ts";
import { buildProgram, CI_SYSTEMS, EXPLAIN_FORMATS, FAMILY_KEYS, REPORT_FORMATS, type Shell, SHELLS } from "../parse-args.ts";
import type { CodeText } from "../report/report.ts";
import { SEVERITIES } from "@framealloc/rules/codes";
import { VERSION } from "../version.ts";

interface CompletedFlag {
  readonly long: string;
  readonly short: string | null;
  readonly description: string;
  readonly takesValue: boolean;
  /** Empty where a value is a path or anything else. */
  readonly words: readonly string[];
}

interface CompletedCommand {
  /** Empty for `fa` itself. */
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletedFlag[];
  /** Words for its arguments; empty for paths. */
  readonly words: readonly string[];
}

/** Returns the exit code. */
export async function completionCommand(host: Host, shell: Shell, codes: readonly CodeText[]): Promise<number> {
  const commands = completedCommands(codes);
  await host.out.write({ bash, zsh, fish, powershell }[shell](commands));
  return 0;
}

function completedCommands(codes: readonly CodeText[]): readonly CompletedCommand[] {
  const names = codes.map(({ code }) => code);
  const families = [...new Set(names.map((code) => `${code.slice(0, 3)}xx`))];
  const program = buildProgram(VERSION, () => {});
  const wordsOf = (command: string, long: string): readonly string[] => {
    if (["--only", "--skip", "--deny", "--allow"].includes(long)) return [...names, ...families];
    if (long === "--format") return command === "explain" || command === "list" ? EXPLAIN_FORMATS : ["config", "doctor", "measure", "why"].includes(command) ? ["terminal", "json"] : REPORT_FORMATS;
    return { "--min-severity": SEVERITIES, "--scope": ["files", "lines"], "--category": FAMILY_KEYS, "--ci": CI_SYSTEMS }[long] ?? [];
  };
  return [program, ...program.commands].map((command, index) => {
    const name = index === 0 ? "" : command.name();
    const flags = command.createHelp().visibleOptions(command).map((option): CompletedFlag => ({
      long: option.long ?? "",
      short: option.short ?? null,
      description: option.description,
      takesValue: option.required,
      words: wordsOf(name, option.long ?? ""),
    }));
    const words = name === "" ? program.commands.map((each) => each.name()) : name === "explain" ? names : name === "completion" ? SHELLS : [];
    return { name, description: command.description(), flags, words };
  });
}

const flagWords = ({ flags }: CompletedCommand): string => flags.flatMap(({ long, short }) => (short === null ? [long] : [long, short])).join(" ");

function bash(commands: readonly CompletedCommand[]): string {
  const cases = (commandOf: (command: CompletedCommand) => string): string => commands.map((command) => `    ${command.name === "" ? "*" : command.name}) ${commandOf(command)} ;;`).toSorted((a, b) => Number(a.includes("*)")) - Number(b.includes("*)"))).join("\n");
  const values = new Map(commands.flatMap(({ name, flags }) => flags.filter(({ takesValue }) => takesValue).map(({ long, short, words }) => [`${name === "" ? "*" : name}:${long}`, { patterns: [long, ...(short === null ? [] : [short])], words, name }] as const)));
  const valueCases = [...values.values()].toSorted((a, b) => Number(a.name === "") - Number(b.name === "")).map(({ patterns, words, name }) => `    ${patterns.map((flag) => `${name === "" ? "*" : name}:${flag}`).join("|")}) COMPREPLY=(${words.length === 0 ? "" : `$(compgen -W "${words.join(" ")}" -- "$current")`}); return ;;`).join("\n");
  return `# Completion of fa for bash. In ~/.bashrc: eval "$(fa completion bash)"
_fa() {
  local current="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD-1]}" command="" word index
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    case "$word" in ${commands.slice(1).map(({ name }) => name).join("|")}) command="$word"; break ;; esac
  done
  COMPREPLY=()
  case "$command:$before" in
${valueCases}
  esac
  if [[ "$current" == -* ]]; then
    case "$command" in
${cases((command) => `COMPREPLY=($(compgen -W "${flagWords(command)}" -- "$current"))`)}
    esac
    return
  fi
  case "$command" in
${cases((command) => (command.name === "" ? `[[ $COMP_CWORD -eq 1 ]] && COMPREPLY=($(compgen -W "${command.words.join(" ")}" -- "$current"))` : `COMPREPLY=(${command.words.length === 0 ? "" : `$(compgen -W "${command.words.join(" ")}" -- "$current")`})`))}
  esac
}
complete -o default -o bashdefault -F _fa fa
`;
}

function zsh(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => text.replaceAll("'", "'\\''").replace(/[[\]:]/g, "\\$&");
  const spec = ({ long, short, description, takesValue, words }: CompletedFlag): readonly string[] =>
    [long, ...(short === null ? [] : [short])].map((flag) => `'*${flag}[${quoted(description)}]${takesValue ? `:value:${words.length === 0 ? "_files" : `(${words.join(" ")})`}` : ""}'`);
  const argument = ({ words }: CompletedCommand): string => (words.length === 0 ? "'*:file:_files'" : `'*:word:(${words.join(" ")})'`);
  const [own, ...others] = commands;
  const blocks = others.map((command) => `    ${command.name}) _arguments ${[...command.flags.flatMap(spec), argument(command)].join(" ")} ;;`);
  return `#compdef fa
# Completion of fa for zsh. In ~/.zshrc: eval "$(fa completion zsh)"
_fa() {
  local -a commands
  commands=(${others.map(({ name, description }) => `'${name}:${quoted(description)}'`).join(" ")})
  local command="\${words[2]}"
  case "$command" in
${blocks.join("\n")}
    *)
      (( CURRENT == 2 )) && _describe command commands
      _arguments ${[...(own?.flags.flatMap(spec) ?? []), "'*:file:_files'"].join(" ")} ;;
  esac
}
compdef _fa fa
`;
}

function fish(commands: readonly CompletedCommand[]): string {
  const quoted = (text: string): string => `'${text.replace(/['\\]/g, "\\$&")}'`;
  const names = commands.slice(1).map(({ name }) => name).join(" ");
  const lines = commands.flatMap(({ name, flags, words, description: _own }) => {
    const when = name === "" ? `not __fish_seen_subcommand_from ${names}` : `__fish_seen_subcommand_from ${name}`;
    const flagLines = flags.map(({ long, short, description, takesValue, words: values }) => `complete -c fa -n ${quoted(when)} -l ${long.slice(2)}${short === null ? "" : ` -s ${short.slice(1)}`}${takesValue ? ` -r${values.length === 0 ? "" : ` -f -a ${quoted(values.join(" "))}`}` : ""} -d ${quoted(description)}`);
    const wordLines = name === "" ? commands.slice(1).map((command) => `complete -c fa -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.description)}`) : words.length === 0 ? [] : [`complete -c fa -n ${quoted(when)} -f -a ${quoted(words.join(" "))}`];
    return [...wordLines, ...flagLines];
  });
  return `# Completion of fa for fish. In ~/.config/fish/config.fish: fa completion fish | source\n${lines.join("\n")}\n`;
}

function powershell(commands: readonly CompletedCommand[]): string {
  const list = (words: readonly string[]): string => `@(${words.map((word) => `'${word.replaceAll("'", "''")}'`).join(", ")})`;
  const table = commands.map((command) => `    '${command.name}' = @{ Flags = ${list(flagWords(command).split(" "))}; Words = ${list(command.words)}; Values = @{ ${command.flags.filter(({ words }) => words.length > 0).flatMap(({ long, short, words }) => [long, ...(short === null ? [] : [short])].map((flag) => `'${flag}' = ${list(words)}`)).join("; ")} } }`);
  return `# Completion of fa for PowerShell. In $PROFILE: fa completion powershell | Out-String | Invoke-Expression
Register-ArgumentCompleter -Native -CommandName fa -ScriptBlock {
  param($word, $ast, $position)
  $commands = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
  @{
${table.join("\n")}
  }.GetEnumerator() | ForEach-Object { $commands[$_.Key] = $_.Value }
  $given = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
  $name = ($given | Where-Object { $_ -ne '' -and $commands.ContainsKey($_) } | Select-Object -First 1)
  if ($null -eq $name -or $name -eq $word) { $name = '' }
  $command = $commands[$name]
  $before = if ($word -eq '') { $given | Select-Object -Last 1 } else { $given | Select-Object -SkipLast 1 | Select-Object -Last 1 }
  $words = if ($before -and $command.Values.ContainsKey($before)) { $command.Values[$before] } elseif ($word.StartsWith('-')) { $command.Flags } else { $command.Words }
  $words | Where-Object { $_ -like "$word*" } | ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }
}
`;
}
