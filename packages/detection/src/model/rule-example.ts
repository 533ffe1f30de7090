/** A rule of one's own about a package manager in a container; examples of controls change one thing about it. */
export function ruleExample(
  change: {
    readonly name?: string;
    readonly condition?: string;
    readonly output?: string;
    readonly priority?: string;
    readonly more?: string;
  } = {},
): string {
  return `- rule: ${change.name ?? "Package manager in shop container"}
  desc: A package manager ran in a container of the shop, whose images are complete
  condition: ${change.condition ?? 'spawned_process and container and proc.name in (apk, apt) and k8s.ns.name = "shop"'}
  output: ${change.output ?? "Package manager in container (user=%user.name command=%proc.cmdline container=%container.id pod=%k8s.pod.name)"}
${change.priority === undefined ? "  priority: WARNING\n" : change.priority}${change.more ?? "  tags: [container, mitre_execution]\n"}`;
}
