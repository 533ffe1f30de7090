/** One instruction of a Dockerfile, its continuation lines joined. */
export interface DockerInstruction {
  /** Upper-case. */
  readonly name: string;
  readonly rest: string;
  /** Of its first line, from 1. */
  readonly line: number;
}

export interface DockerStage {
  readonly from: DockerInstruction;
  /** The base as written, global build arguments filled in. */
  readonly base: string;
  /** What `AS` calls it, lower-case. */
  readonly alias: string | undefined;
  readonly instructions: readonly DockerInstruction[];
}

/** Instructions in order; comments, directives and here-document bodies are left out. */
export function readDockerfile(text: string): readonly DockerInstruction[] {
  const lines = text.split(/\r?\n/);
  const escape = /^#\s*escape\s*=\s*`/im.test(lines.slice(0, 3).join("\n")) ? "`" : "\\";
  const instructions: DockerInstruction[] = [];
  for (let index = 0; index < lines.length; index++) {
    const first = lines[index] ?? "";
    if (/^\s*(?:#|$)/.test(first)) continue;
    const line = index + 1;
    let joined = first;
    while (joined.trimEnd().endsWith(escape) && index + 1 < lines.length) {
      index += 1;
      const next = lines[index] ?? "";
      joined = /^\s*#/.test(next) ? joined : `${joined.trimEnd().slice(0, -1)} ${next.trim()}`;
    }
    const match = /^\s*([A-Za-z]+)\s+([^]*)$/.exec(joined);
    if (match === null) continue;
    const [, name = "", rest = ""] = match;
    const heredoc = /^(?:RUN|COPY|ADD)$/i.test(name) ? /<<-?(["']?)(\w+)\1/.exec(rest)?.[2] : undefined;
    let body = "";
    if (heredoc !== undefined)
      for (index += 1; index < lines.length && (lines[index] ?? "").trim() !== heredoc; index++)
        body += `\n${lines[index] ?? ""}`;
    instructions.push({ name: name.toUpperCase(), rest: rest.trim() + body, line });
  }
  return instructions;
}

export function stagesOf(instructions: readonly DockerInstruction[]): readonly DockerStage[] {
  const stages: {
    from: DockerInstruction;
    base: string;
    alias: string | undefined;
    instructions: DockerInstruction[];
  }[] = [];
  const args = new Map<string, string>();
  for (const instruction of instructions) {
    const current = stages.at(-1);
    if (instruction.name === "FROM") {
      const words = instruction.rest.split(/\s+/).filter((word) => !word.startsWith("--"));
      const base = (words[0] ?? "").replaceAll(
        /\$\{?(\w+)(?::-([^}]*))?\}?/g,
        (whole, name: string, fallback: string | undefined) => args.get(name) ?? fallback ?? whole,
      );
      stages.push({
        from: instruction,
        base,
        alias: words[1]?.toLowerCase() === "as" ? words[2]?.toLowerCase() : undefined,
        instructions: [],
      });
    } else if (current !== undefined) current.instructions.push(instruction);
    else if (instruction.name === "ARG") {
      const [, name, value] = /^(\w+)(?:=["']?([^"']*)["']?)?/.exec(instruction.rest) ?? [];
      if (name !== undefined && value !== undefined) args.set(name, value);
    }
  }
  return stages;
}
