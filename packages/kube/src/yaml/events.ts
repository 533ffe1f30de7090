import { EVENT_ID, type Event, YAMLException, parseEvents } from "js-yaml";

/** Each repair costs a parse. */
const MAX_REPAIRS = 200;

/**
 * js-yaml's events of a text, offsets and all. Unlike js-yaml, and like go-yaml (kubectl), it does not mind how far the lines inside flow
 * collections and quotes are indented, so that a closing bracket may stand right under its key. Throws YAMLException.
 */
export function readEvents(text: string, maxDepth: number): Event[] {
  let source = text;
  for (let repairs = 0; ; repairs++) {
    try {
      const events = parseEvents(source, { maxDepth });
      return source === text ? events : events.map((event) => withLineBreaks(event, text));
    } catch (error) {
      const isIndentation = error instanceof YAMLException && error.reason === "deficient indentation";
      const joined = isIndentation && repairs < MAX_REPAIRS ? joinLines(source, error.mark?.position ?? 0) : undefined;
      if (joined === undefined) throw error;
      source = joined;
    }
  }
}

/** The text with blanks in place of the line break before `position`, and of the comment that it ended. Offsets stay the same. */
function joinLines(text: string, position: number): string | undefined {
  let start = position;
  while (start > 0 && text[start - 1] !== "\n" && text[start - 1] !== "\r") start--;
  if (start === 0) return undefined;
  let end = text.startsWith("\r\n", start - 2) ? start - 2 : start - 1;
  let before = end;
  while (before > 0 && text[before - 1] !== "\n" && text[before - 1] !== "\r") before--;
  const comment = commentStart(text.slice(before, end));
  if (comment !== undefined) end = before + comment;
  return text.slice(0, end) + " ".repeat(start - end) + text.slice(start);
}

/** Where in a line its comment starts, strings left out. */
function commentStart(line: string): number | undefined {
  let quote: string | undefined;
  for (let index = 0; index < line.length; index++) {
    const char = line[index];
    if (quote !== undefined) {
      if (quote === '"' && char === "\\") index++;
      else if (char === quote) quote = undefined;
    } else if (char === '"' || char === "'") quote = char;
    else if (char === "#" && (index === 0 || /\s/.test(line[index - 1] ?? ""))) return index;
  }
  return undefined;
}

/** A scalar whose lines were joined for parsing is still to be read from its own lines. */
function withLineBreaks(event: Event, text: string): Event {
  if (event.type !== EVENT_ID.SCALAR || !event.fast) return event;
  return /[\r\n]/.test(text.slice(event.valueStart, event.valueEnd)) ? { ...event, fast: false } : event;
}
