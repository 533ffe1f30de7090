import type { Control } from "@redoubt/control";
import type { ComponentName } from "../model/component.ts";
import { type FlagRule, judgeComponent } from "./flag-rules.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

/** A setting of a component that flags decide, and the control that judges it. */
export interface FlagSetting extends Omit<Control, "layer" | "references" | "examples" | "fixable" | "check"> {
  readonly component: ComponentName;
  /** Ids of the CIS benchmark (model/cis-benchmark.ts). */
  readonly cis: readonly string[];
  readonly references?: Control["references"];
  readonly rules: readonly FlagRule[];
  /** Flags of the example that fails, and of the one that passes. */
  readonly failing: readonly string[];
  readonly passing: readonly string[];
}

export function flagControl(setting: FlagSetting): Control {
  const { component, cis, references = [], rules, failing, passing, ...about } = setting;
  return {
    ...about,
    layer: "infrastructure",
    references: [...cisReferences(...cis), ...references],
    examples: { failing: staticPod(component, failing), passing: staticPod(component, passing) },
    fixable: false,
    check: (snapshot, report) => judgeComponent(snapshot, component, rules, report),
  };
}

const IMAGES: Readonly<Record<ComponentName, string>> = {
  "kube-apiserver": "kube-apiserver:v1.34.4",
  "kube-controller-manager": "kube-controller-manager:v1.34.4",
  "kube-scheduler": "kube-scheduler:v1.34.4",
  etcd: "etcd:3.6.5-0",
};

function staticPod(component: ComponentName, flags: readonly string[]): string {
  return `apiVersion: v1
kind: Pod
metadata:
  name: ${component}
  namespace: kube-system
spec:
  containers:
  - name: ${component}
    image: registry.k8s.io/${IMAGES[component]}
    command:
    - ${component}
${flags.map((flag) => `    - ${flag}\n`).join("")}`;
}
