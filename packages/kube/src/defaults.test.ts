import assert from "node:assert/strict";
import { suite, test } from "node:test";
import {
  effectiveHostPort,
  effectiveImagePullPolicy,
  effectiveProtocol,
  effectiveRequests,
  effectiveRestartPolicy,
  effectiveServiceAccountName,
  isEmptyDir,
  mountsServiceAccountToken,
} from "./defaults.ts";

suite("what the API server fills in", () => {
  test("the service account is `default`, and the deprecated field counts only alone", () => {
    assert.equal(effectiveServiceAccountName({}), "default");
    assert.equal(effectiveServiceAccountName({ serviceAccount: "old" }), "old");
    assert.equal(effectiveServiceAccountName({ serviceAccount: "old", serviceAccountName: "new" }), "new");
    assert.equal(effectiveServiceAccountName({ serviceAccount: "old", serviceAccountName: "" }), "old");
  });
  test("the token is mounted unless the pod, or else its account, says no", () => {
    assert.equal(mountsServiceAccountToken({}), true);
    assert.equal(mountsServiceAccountToken({}, { automountServiceAccountToken: false }), false);
    assert.equal(
      mountsServiceAccountToken({ automountServiceAccountToken: true }, { automountServiceAccountToken: false }),
      true,
    );
    assert.equal(mountsServiceAccountToken({ automountServiceAccountToken: false }), false);
  });
  for (const [image, policy] of [
    ["nginx", "Always"],
    ["nginx:latest", "Always"],
    ["nginx:1.27", "IfNotPresent"],
    ["host:5000/nginx", "Always"],
    ["host:5000/nginx:1", "IfNotPresent"],
    ["nginx@sha256:0000", "IfNotPresent"],
    ["nginx:latest@sha256:0000", "Always"],
    ["", "Always"],
  ] as const) {
    test(`the image ${image} is pulled ${policy}`, () => assert.equal(effectiveImagePullPolicy({ image }), policy));
  }
  test("a pull policy that is given stays", () => {
    assert.equal(effectiveImagePullPolicy({ image: "nginx", imagePullPolicy: "Never" }), "Never");
  });
  test("a pod on the host's network opens its container ports there", () => {
    assert.equal(effectiveHostPort({}, { containerPort: 80 }), 0);
    assert.equal(effectiveHostPort({ hostNetwork: true }, { containerPort: 80 }), 80);
    assert.equal(effectiveHostPort({}, { containerPort: 80, hostPort: 8080 }), 8080);
  });
  test("protocols, restart policies and volumes", () => {
    assert.equal(effectiveProtocol({}), "TCP");
    assert.equal(effectiveProtocol({ protocol: "UDP" }), "UDP");
    assert.equal(effectiveRestartPolicy({}), "Always");
    assert.equal(effectiveRestartPolicy({ restartPolicy: "Never" }), "Never");
    assert.equal(isEmptyDir({ name: "a" }), true);
    assert.equal(isEmptyDir({ name: "a", emptyDir: {} }), true);
    assert.equal(isEmptyDir({ name: "a", hostPath: { path: "/" } }), false);
  });
  test("a limit is also a request where none is given", () => {
    assert.deepEqual(
      effectiveRequests({ resources: { limits: { cpu: "1", memory: "1Gi" }, requests: { cpu: "500m" } } }),
      {
        cpu: "500m",
        memory: "1Gi",
      },
    );
  });
});
