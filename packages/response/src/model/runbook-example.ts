/** A runbook that isolates, keeps evidence, looks for persistence and asks the audit log. */
export const SOUND_RUNBOOK = `#!/bin/bash
# Incident response for one pod: isolate it, keep evidence, look for persistence.
set -euo pipefail
: "\${NAMESPACE:?}" "\${POD:?}" "\${CASE:?}"

kubectl -n "$NAMESPACE" apply -f - <<EOF
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: quarantine
spec:
  podSelector:
    matchLabels:
      quarantine: "true"
  policyTypes: [Ingress, Egress]
EOF
kubectl -n "$NAMESPACE" label pod "$POD" quarantine=true app- --overwrite

kubectl -n "$NAMESPACE" logs "$POD" --all-containers --timestamps > "$CASE/logs.txt"
kubectl -n "$NAMESPACE" logs "$POD" --all-containers --timestamps --previous > "$CASE/previous.txt" || true
kubectl -n "$NAMESPACE" get pod "$POD" -o yaml > "$CASE/pod.yaml"
kubectl -n "$NAMESPACE" debug "$POD" --image=registry.example.com/forensics:1.2.0 --target=app -- ps aux > "$CASE/processes.txt"

kubectl get pods,deployments,daemonsets,statefulsets,jobs,cronjobs,serviceaccounts,roles,rolebindings -A -o yaml > "$CASE/namespaced.yaml"
kubectl get clusterroles,clusterrolebindings,validatingwebhookconfigurations,mutatingwebhookconfigurations,certificatesigningrequests -o yaml > "$CASE/cluster.yaml"

grep -F "\\"name\\":\\"$POD\\"" /var/log/kubernetes/audit.log > "$CASE/audit.json"
sha256sum "$CASE"/* > "$CASE.sha256"
aws s3 cp --recursive "$CASE" "s3://evidence/$CASE"
`;
