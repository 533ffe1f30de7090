/** Longer than any object that etcd takes, as JSON. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * The lines of a text that comes in pieces, wherever the pieces part it, also within a character.
 *
 * @throws Error for a line that nobody would send, before it fills the memory.
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  longest: number = LONGEST_LINE,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let parts: string[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    const [first = "", ...rest] = decoder.decode(chunk, { stream: true }).split("\n");
    parts.push(first);
    length += first.length;
    for (const line of rest) {
      yield parts.join("");
      parts = [line];
      length = line.length;
    }
    if (length > longest) throw new Error(`a line is longer than ${longest} characters`);
  }
  if (length > 0) yield parts.join("");
}
