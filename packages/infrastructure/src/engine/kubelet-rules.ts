import type { ControlReport, Failure, Fix } from "@redoubt/control";
import type { ClusterSnapshot, JsonValue, Path } from "@redoubt/kube";
import { gapOf, looksAtCluster } from "../model/evidence.ts";
import { type Kubelet, kubeletsOf } from "../model/kubelet.ts";

/** One field of the kubelet's configuration and what it may not be. */
export interface KubeletRule {
  readonly path: Path;
  /** What is wrong with the value in effect, said so that it follows the field's name and value; undefined where nothing is. */
  readonly wrong: (value: JsonValue, kubelet: Kubelet) => Omit<Failure, "path" | "fix"> | undefined;
  readonly fix?: Omit<Fix, "edits"> & { readonly value: JsonValue };
}

/** Judges every kubelet there is evidence of; where there is none but a cluster was looked at, says so. */
export function judgeKubelets(snapshot: ClusterSnapshot, rules: readonly KubeletRule[], report: ControlReport): void {
  const kubelets = kubeletsOf(snapshot);
  for (const kubelet of kubelets) judgeKubelet(kubelet, rules, report);
  if (kubelets.length > 0 || !looksAtCluster(snapshot)) return;
  const gap = gapOf(snapshot, "kubelet-configuration");
  report.unknown(undefined, {
    message: `how the kubelets are configured is not known${gap === undefined ? "" : `: ${gap.message}`}`,
    needs: `${gap === undefined ? "redoubt scan --live --kubelet-config (it takes the right to get nodes/proxy)" : gap.needs}, redoubt scan --node on each node, or the KubeletConfiguration files`,
  });
}

function judgeKubelet(kubelet: Kubelet, rules: readonly KubeletRule[], report: ControlReport): void {
  let judged = true;
  for (const rule of rules) {
    const value = kubelet.setting(rule.path);
    const flag = kubelet.flagFor(rule.path);
    if (value === undefined) {
      judged = false;
      report.unknown(kubelet.object, {
        message: `the kubelet (${kubelet.source}) reads ${rule.path.join(".")} from a file that was not given`,
        needs: "the KubeletConfiguration file that its --config names",
      });
      continue;
    }
    const failure = rule.wrong(value, kubelet);
    if (failure === undefined) continue;
    judged = false;
    const source = [kubelet.source, flag === undefined ? "" : `command line ${flag}`].filter((part) => part !== "");
    report.fail(kubelet.object, {
      ...failure,
      message: `${source.length === 0 ? "" : `kubelet (${source.join(", ")}): `}${failure.message}`,
      path: [...kubelet.base, ...rule.path],
      ...fixOf(rule, kubelet, flag),
    });
  }
  if (judged) report.pass(kubelet.object);
}

/** A flag wins over the file: editing the file would change nothing. */
function fixOf(rule: KubeletRule, kubelet: Kubelet, flag: string | undefined): { readonly fix?: Fix } {
  if (rule.fix === undefined || !kubelet.editable || flag !== undefined) return {};
  const { value, ...words } = rule.fix;
  return { fix: { ...words, edits: [{ op: "set", path: rule.path, value }] } };
}
