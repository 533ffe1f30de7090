import { type YamlNode, lineEnd } from "../tree.ts";

export interface Comment {
  readonly start: number;
  readonly end: number;
  /** With its `#`, without trailing white space. */
  readonly text: string;
}

/** Every comment of a document, in order. */
export function commentsOf(text: string, root: YamlNode | undefined): Comment[] {
  const comments: Comment[] = [];
  if (!text.includes("#")) return comments;
  let position = 0;
  const gap = (end: number): void => {
    while (position < end) {
      const hash = text.indexOf("#", position);
      if (hash === -1 || hash >= end) break;
      if (hash > 0 && !/[\s\uFEFF]/.test(text[hash - 1] ?? "")) {
        position = hash + 1;
        continue;
      }
      const lineStop = lineEnd(text, hash);
      const content = text.slice(hash, lineStop).trimEnd();
      comments.push({ start: hash, end: hash + content.length, text: content });
      position = lineStop;
    }
  };
  if (root !== undefined) {
    eachScalar(root, (start, end) => {
      gap(start);
      position = end;
    });
  }
  gap(text.length);
  return comments;
}

function eachScalar(node: YamlNode, visit: (start: number, end: number) => void): void {
  switch (node.kind) {
    case "scalar":
      // The header of a block scalar may carry a comment; its content cannot.
      if (node.style !== "empty")
        visit(node.style === "literal" || node.style === "folded" ? node.event.valueStart : node.start, node.end);
      return;
    case "mapping":
      for (const entry of node.entries) {
        eachScalar(entry.key, visit);
        eachScalar(entry.value, visit);
      }
      return;
    case "sequence":
      for (const item of node.items) eachScalar(item.value, visit);
      return;
    case "alias":
      return;
  }
}

/** Whether every comment of `before` is in `after`, as often as it was. */
export function keepsComments(before: readonly Comment[], after: readonly Comment[]): boolean {
  const counts = new Map<string, number>();
  for (const { text } of after) counts.set(text, (counts.get(text) ?? 0) + 1);
  return before.every(({ text }) => {
    const left = (counts.get(text) ?? 0) - 1;
    counts.set(text, left);
    return left >= 0;
  });
}
