import type { Control } from "@redoubt/control";
import { type KubeletRule, judgeKubelets } from "./kubelet-rules.ts";
import { cisReferences } from "../model/cis-benchmark.ts";

/** A setting of the kubelet, and the control that judges it. */
export interface KubeletSetting extends Omit<Control, "layer" | "references" | "examples" | "fixable" | "check"> {
  /** Ids of the CIS benchmark (model/cis-benchmark.ts). */
  readonly cis: readonly string[];
  readonly references?: Control["references"];
  readonly rules: readonly KubeletRule[];
  /** YAML lines of the configuration that fails, and of the one that passes. */
  readonly failing: string;
  readonly passing: string;
}

const HEADER = "apiVersion: kubelet.config.k8s.io/v1beta1\nkind: KubeletConfiguration\n";

export function kubeletControl(setting: KubeletSetting): Control {
  const { cis, references = [], rules, failing, passing, ...about } = setting;
  return {
    ...about,
    layer: "infrastructure",
    references: [...cisReferences(...cis), ...references],
    examples: { failing: HEADER + failing, passing: HEADER + passing },
    fixable: rules.some(({ fix }) => fix !== undefined),
    check: (snapshot, report) => judgeKubelets(snapshot, rules, report),
  };
}
