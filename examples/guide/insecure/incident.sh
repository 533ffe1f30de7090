#!/bin/bash
# What to do when a pod misbehaves.
kubectl cordon $NODE_NAME
kubectl label pod $POD_NAME quarantine=true
kubectl logs $POD_NAME > incident-$TIMESTAMP.log
kubectl exec $POD_NAME -- ps aux > incident-$TIMESTAMP-processes.log
kubectl get cronjobs,deployments -A | grep -i $SUSPICIOUS_PATTERN
kubectl get events --sort-by='.lastTimestamp' -A
