import { fromUtf8 } from "../../values/utf8.ts";
import type { MutableObject, Value } from "../../values/value.ts";
import { type DerElement, DerError, DerReader, elementsOf, oidOf, tags } from "./der.ts";

/** The text of a string of any of ASN.1's kinds. */
export function stringOf({ tag, content }: DerElement): string {
  switch (tag) {
    case 0x0c:
    case 0x12:
    case 0x13:
    case 0x14:
    case 0x16:
      return fromUtf8(content);
    case 0x1e: {
      let text = "";
      for (let i = 0; i + 1 < content.length; i += 2) {
        text += String.fromCharCode((content[i] ?? 0) * 256 + (content[i + 1] ?? 0));
      }
      return text;
    }
    default:
      throw new DerError("unsupported string type");
  }
}

/** Attributes of which a name may have many, and where Go's pkix.Name keeps them. */
const listFields: ReadonlyMap<string, string> = new Map([
  ["2.5.4.6", "Country"],
  ["2.5.4.10", "Organization"],
  ["2.5.4.11", "OrganizationalUnit"],
  ["2.5.4.7", "Locality"],
  ["2.5.4.8", "Province"],
  ["2.5.4.9", "StreetAddress"],
  ["2.5.4.17", "PostalCode"],
]);

/** A distinguished name as Go's JSON shows a pkix.Name. */
export function nameJson(content: Uint8Array): Value {
  const names: Value[] = [];
  const lists = new Map<string, string[]>();
  const name: MutableObject = { CommonName: "", SerialNumber: "", ExtraNames: null };
  for (const set of elementsOf(content)) {
    if (set.tag !== tags.set) throw new DerError("invalid RDNSequence");
    for (const pair of elementsOf(set.content)) {
      const reader = new DerReader(pair.content);
      const type = oidOf(reader.expect(tags.oid).content);
      const value = stringOf(reader.next());
      names.push({ Type: type, Value: value });
      const oid = type.join(".");
      const list = listFields.get(oid);
      if (list !== undefined) lists.set(list, [...(lists.get(list) ?? []), value]);
      else if (oid === "2.5.4.3") name["CommonName"] = value;
      else if (oid === "2.5.4.5") name["SerialNumber"] = value;
    }
  }
  name["Names"] = names.length === 0 ? null : names;
  for (const field of listFields.values()) name[field] = lists.get(field) ?? null;
  return name;
}
