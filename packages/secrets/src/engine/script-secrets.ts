import { type ShellCommand, type ShellWord, parseShell, pipelineOf } from "@redoubt/kube";
import { isCredentialSetting } from "../model/credential.ts";
import { isPlaceholder } from "../model/placeholder.ts";

/** A secret written into a script: where, and how, never the secret. */
export interface ScriptSecret {
  readonly line: number;
  readonly message: string;
}

/** Secrets that a script has as literals. Values that come from variables, commands or files are not. */
export function scriptSecrets(text: string): readonly ScriptSecret[] {
  const commands = parseShell(text);
  return commands.flatMap((command) => [
    ...literalOptions(command),
    ...pipedLiteral(command, commands),
    ...command.assignments.flatMap(({ name, value }) =>
      isLiteral(value) && isCredentialSetting(name, value.text)
        ? [{ line: value.line, message: `${name} is set to a literal value` }]
        : [],
    ),
    ...exports(command),
  ]);
}

function isLiteral(word: ShellWord): boolean {
  return !word.substitutes && word.expansions.length === 0 && word.text !== "";
}

function literalOptions(command: ShellCommand): readonly ScriptSecret[] {
  const { words } = command;
  const [tool = "", ...rest] = words.map(({ text }) => text);
  const found: ScriptSecret[] = [];
  const flag = (index: number, names: readonly string[]): ShellWord | undefined => {
    const word = words[index];
    if (word === undefined) return undefined;
    if (names.includes(word.text)) return words[index + 1];
    const name = names.find((candidate) => candidate.startsWith("--") && word.text.startsWith(`${candidate}=`));
    return name === undefined ? undefined : { ...word, text: word.text.slice(name.length + 1) };
  };
  const createsSecret = tool === "kubectl" && rest.includes("create") && rest.includes("secret");
  const logsIn =
    ["docker", "podman", "buildah", "skopeo", "crane", "helm", "oras", "cosign"].includes(tool) &&
    rest.includes("login");
  words.forEach((_, index) => {
    const literal = createsSecret ? flag(index, ["--from-literal"]) : undefined;
    const [key = "", ...value] = (literal?.text ?? "").split("=");
    if (literal !== undefined && value.length > 0 && isLiteral(literal) && !isPlaceholder(value.join("=")))
      found.push({
        line: literal.line,
        message: `kubectl create secret is given the value of ${JSON.stringify(key)} as a literal`,
      });
    const password =
      logsIn || createsSecret ? flag(index, createsSecret ? ["--docker-password"] : ["-p", "--password"]) : undefined;
    if (password !== undefined && isLiteral(password) && !isPlaceholder(password.text))
      found.push({
        line: password.line,
        message: `${tool} ${createsSecret ? "create secret" : "login"} is given a literal password`,
      });
  });
  if (tool === "vault" && (rest[0] === "kv" ? ["put", "patch"].includes(rest[1] ?? "") : rest[0] === "write"))
    for (const word of words.slice(3)) {
      const [, name = "", value = ""] = /^([\w.-]+)=(.*)$/s.exec(word.text) ?? [];
      if (isLiteral(word) && isCredentialSetting(name, value))
        found.push({ line: word.line, message: `vault is given the value of ${JSON.stringify(name)} as a literal` });
    }
  return found;
}

const TAKES_SECRET: readonly { readonly what: string; readonly takes: (words: readonly string[]) => boolean }[] = [
  {
    what: "kubectl create secret",
    takes: ([tool, ...rest]) => tool === "kubectl" && rest.includes("create") && rest.includes("secret"),
  },
  { what: "kubeseal", takes: ([tool]) => tool === "kubeseal" },
  { what: "a login", takes: (words) => words.includes("--password-stdin") },
  {
    what: "vault",
    takes: ([tool, ...rest]) =>
      tool === "vault" && (rest.includes("login") || rest.some((word) => word.endsWith("=-"))),
  },
];

/** `echo -n literal | kubectl create secret ...` */
function pipedLiteral(command: ShellCommand, commands: readonly ShellCommand[]): readonly ScriptSecret[] {
  const [tool, ...rest] = command.words;
  if (tool === undefined || !["echo", "printf"].includes(tool.text) || command.connector !== "|") return [];
  const values = rest.filter(({ text }) => !/^-[neE]+$/.test(text) && !/^%\w(?:\\n)?$/.test(text));
  if (values.length === 0 || !values.every(isLiteral) || values.every(({ text }) => isPlaceholder(text))) return [];
  const pipeline = pipelineOf(commands, command);
  const later = pipeline.slice(pipeline.indexOf(command) + 1).map(({ words }) => words.map(({ text }) => text));
  const taker = TAKES_SECRET.find(({ takes }) => later.some((words) => takes(words)));
  if (taker === undefined) return [];
  return [{ line: command.line, message: `${tool.text} pipes a literal into ${taker.what}` }];
}

function exports({ words }: ShellCommand): readonly ScriptSecret[] {
  const [tool, ...rest] = words;
  if (tool === undefined || !["export", "local", "declare", "readonly", "env", "typeset"].includes(tool.text))
    return [];
  return rest.flatMap((word) => {
    const [, name = "", value = ""] = /^([A-Za-z_]\w*)=(.*)$/s.exec(word.text) ?? [];
    return name !== "" && isLiteral(word) && isCredentialSetting(name, value)
      ? [{ line: word.line, message: `${name} is set to a literal value` }]
      : [];
  });
}
