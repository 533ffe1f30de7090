/** Colours of a node; each has enough contrast for black text. */
export interface NodeLook {
  readonly fill: string;
  readonly stroke: string;
}

const LOOKS: ReadonlyMap<string, NodeLook> = new Map([
  ["outside", { fill: "#e2e8f0", stroke: "#475569" }],
  ["user", { fill: "#dbeafe", stroke: "#1d4ed8" }],
  ["group", { fill: "#e0e7ff", stroke: "#4338ca" }],
  ["service-account", { fill: "#cffafe", stroke: "#0e7490" }],
  ["workload", { fill: "#dcfce7", stroke: "#15803d" }],
  ["node", { fill: "#ffedd5", stroke: "#c2410c" }],
  ["secret", { fill: "#fef9c3", stroke: "#a16207" }],
  ["role", { fill: "#f3e8ff", stroke: "#7e22ce" }],
  ["power", { fill: "#fae8ff", stroke: "#a21caf" }],
  ["goal", { fill: "#fee2e2", stroke: "#b91c1c" }],
]);

const OTHER: NodeLook = { fill: "#f8fafc", stroke: "#475569" };

export function lookOf(kind: string): NodeLook {
  return LOOKS.get(kind) ?? OTHER;
}
