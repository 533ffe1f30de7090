import type { Control, FrameworkReference } from "@redoubt/control";

/** The part of a control that lists show, for JSON, YAML and CSV. */
export function controlValue(
  control: Control,
): Pick<Control, "id" | "title" | "severity" | "layer" | "item" | "fixable" | "references"> {
  const { id, title, severity, layer, item, fixable, references } = control;
  return { id, title, severity, layer, item, fixable, references };
}

/** `CIS 1.11: 5.2.2`. */
export function referenceText({ framework, version, id }: FrameworkReference): string {
  return `${framework} ${version}: ${id}`;
}
