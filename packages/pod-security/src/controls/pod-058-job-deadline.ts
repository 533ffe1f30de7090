import type { Control } from "@redoubt/control";
import type { JobSpec } from "@redoubt/kube";
import { attack, nsa, owasp } from "../hardening/frameworks.ts";
import { failure } from "../hardening/judge.ts";

/** A deadline of the pod counts too; a CronJob's history limits clean up after it. */
export const jobDeadline: Control = {
  id: "POD-058",
  title: "Jobs end and are cleaned up",
  layer: "application",
  item: "pod-security",
  severity: "info",
  references: [nsa("Kubernetes Pod security"), attack("T1053.007"), owasp("K01")],
  rationale:
    "A job that hangs keeps its token, secrets and resources for as long as it likes; one that is done keeps its pods and their logs until somebody deletes it.",
  remediation: "Set activeDeadlineSeconds on the job, and ttlSecondsAfterFinished where no CronJob cleans up.",
  examples: {
    failing: `apiVersion: batch/v1
kind: Job
metadata:
  name: report
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: report
          image: registry.example.com/report:3.2.0
`,
    passing: `apiVersion: batch/v1
kind: Job
metadata:
  name: report
spec:
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 86400
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: report
          image: registry.example.com/report:3.2.0
`,
  },
  fixable: false,
  check: (snapshot, report) => {
    for (const job of snapshot.list("batch/Job")) {
      // A CronJob is responsible for its own jobs.
      if ((job.value.metadata?.ownerReferences?.length ?? 0) > 0) continue;
      const { spec } = job.value;
      const endless = isEndless(spec);
      const kept = spec?.ttlSecondsAfterFinished === undefined;
      if (endless) report.fail(job, failure(["spec", "activeDeadlineSeconds"], NO_DEADLINE));
      if (kept) {
        report.fail(
          job,
          failure(
            ["spec", "ttlSecondsAfterFinished"],
            "The job sets no ttlSecondsAfterFinished: its pods stay until somebody deletes it",
          ),
        );
      }
      if (!endless && !kept) report.pass(job);
    }
    for (const job of snapshot.list("batch/CronJob")) {
      if (!isEndless(job.value.spec?.jobTemplate?.spec)) report.pass(job);
      else report.fail(job, failure(["spec", "jobTemplate", "spec", "activeDeadlineSeconds"], NO_DEADLINE));
    }
  },
};

const NO_DEADLINE = "The job sets no activeDeadlineSeconds: a run that hangs keeps its token and resources without end";

function isEndless(spec: JobSpec | undefined): boolean {
  return spec?.activeDeadlineSeconds === undefined && spec?.template?.spec?.activeDeadlineSeconds === undefined;
}
