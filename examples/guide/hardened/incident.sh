#!/usr/bin/env bash
# incident.sh NAMESPACE POD: isolate, keep evidence, look for persistence. Tested in every quarter's drill.
set -euo pipefail
namespace=${1:?namespace}
pod=${2:?pod}
time=$(date -u +%Y%m%dT%H%M%SZ)
evidence="incident-$time"
mkdir -p "$evidence"

# 1. Evidence first: logs of all containers, also of the ones that died, and the object itself.
kubectl -n "$namespace" get pod "$pod" -o yaml > "$evidence/pod.yaml"
kubectl -n "$namespace" logs "$pod" --all-containers --timestamps > "$evidence/logs.txt"
kubectl -n "$namespace" logs "$pod" --all-containers --timestamps --previous > "$evidence/logs-previous.txt" || true

# 2. Isolate: the label takes the pod out of its Service and into the quarantine NetworkPolicy (network.yaml).
node=$(kubectl -n "$namespace" get pod "$pod" -o jsonpath='{.spec.nodeName}')
kubectl -n "$namespace" label pod "$pod" app- quarantine=true --overwrite
kubectl cordon "$node"

# 3. Processes, without running anything inside the container's own filesystem.
kubectl -n "$namespace" debug "$pod" --image=registry.company.com/tools/forensics@sha256:5a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f40516273849 \
  --profile=general --attach=false -- ps auxww

# 4. Persistence: everything that can start a pod, grant a right or change an object on its way in.
kubectl get pods,cronjobs,jobs,deployments,daemonsets,statefulsets -A -o yaml > "$evidence/workloads.yaml"
kubectl get roles,rolebindings,clusterroles,clusterrolebindings,serviceaccounts -A -o yaml > "$evidence/rbac.yaml"
kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations -o yaml > "$evidence/webhooks.yaml"

# 5. What happened: events are gone after an hour and do not say who; the audit log does.
kubectl get events -A --sort-by=.lastTimestamp -o yaml > "$evidence/events.yaml"
grep -F "\"name\":\"$pod\"" /var/log/kubernetes/audit.log > "$evidence/audit.json"

# 6. Seal, and keep a copy that nobody can change.
sha256sum "$evidence"/* > "$evidence.sha256"
aws s3 cp --recursive "$evidence" "s3://shop-evidence/$evidence"
aws s3 cp "$evidence.sha256" "s3://shop-evidence/$evidence.sha256"
