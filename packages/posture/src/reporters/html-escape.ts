import { plain } from "../text/plain.ts";

/** Text for element content and quoted attributes. */
export function escapeHtml(text: string): string {
  return plain(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

/** Markup made by `markup`, which is not escaped again. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/** Every value is escaped unless it is markup itself. */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  let text = strings[0] ?? "";
  for (const [index, part] of parts.entries()) {
    text +=
      typeof part === "string"
        ? escapeHtml(part)
        : typeof part === "number"
          ? String(part)
          : part instanceof Markup
            ? part.text
            : part.map(({ text: inner }) => inner).join("");
    text += strings[index + 1] ?? "";
  }
  return new Markup(text);
}
