/** A name that no object of the namespace has among those given, so that adding it replaces none. */
export function freeName(
  wanted: string,
  namespace: string,
  taken: readonly { readonly namespace: string; readonly name: string }[],
): string {
  let name = wanted;
  for (let number = 2; taken.some((other) => other.namespace === namespace && other.name === name); number += 1) {
    name = `${wanted}-${number}`;
  }
  return name;
}
