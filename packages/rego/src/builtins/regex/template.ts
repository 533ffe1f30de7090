import { quote } from "../../values/term-text.ts";
import { BuiltinError } from "../errors.ts";
import { Regex } from "./regex.ts";

/** The expression of a template whose text is literal but for expressions between two delimiters. */
export function templatePattern(template: string, open: string, close: string): string {
  let pattern = "^";
  let literalFrom = 0;
  let openedAt = 0;
  let level = 0;
  for (let at = 0; at < template.length; at += 1) {
    const character = template.charAt(at);
    if (character === open) {
      level += 1;
      if (level === 1) openedAt = at;
    } else if (character === close) {
      level -= 1;
      if (level < 0) throw unbalanced(template);
      if (level === 0) {
        const inner = template.slice(openedAt + 1, at);
        pattern += `${quoteMeta(template.slice(literalFrom, openedAt))}(${inner})`;
        literalFrom = at + 1;
        void new Regex(`^${inner}$`);
      }
    }
  }
  if (level !== 0) throw unbalanced(template);
  return `${pattern}${quoteMeta(template.slice(literalFrom))}$`;
}

function unbalanced(template: string): BuiltinError {
  return new BuiltinError(`unbalanced braces in ${quote(template)}`);
}

function quoteMeta(text: string): string {
  return text.replaceAll(/[\\.+*?()|[\]{}^$]/g, String.raw`\$&`);
}
