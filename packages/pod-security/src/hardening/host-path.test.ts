import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { classifyHostPath, cleanPath } from "./host-path.ts";

suite("a path of the node", () => {
  const CASES: readonly (readonly [path: string, kind: "socket" | "sensitive" | "ordinary"])[] = [
    ["/var/run/docker.sock", "socket"],
    ["/run/docker.sock", "socket"],
    ["//run//docker.sock/", "socket"],
    ["/run/k3s/containerd/containerd.sock", "socket"],
    ["/var/run/crio/crio.sock", "socket"],
    ["/var/snap/microk8s/common/run/containerd.sock", "socket"],
    ["/run/user/1000/docker.sock", "socket"],
    ["/srv/docker.sock.d", "ordinary"],
    ["/", "sensitive"],
    ["", "sensitive"],
    ["/srv/..", "sensitive"],
    ["/etc", "sensitive"],
    ["/etc/kubernetes/pki", "sensitive"],
    ["/etc/localtime", "ordinary"],
    ["/etc/ssl/certs", "ordinary"],
    ["/proc/sys", "sensitive"],
    ["/var/run", "sensitive"],
    ["/var/lib/kubelet", "sensitive"],
    ["/var/lib/kubelet/plugins/csi.example.com", "ordinary"],
    ["/root/.ssh", "sensitive"],
    ["/dev", "sensitive"],
    ["/dev/shm", "ordinary"],
    ["/var/log/pods", "sensitive"],
    ["/data", "ordinary"],
    ["\\\\.\\pipe\\docker_engine", "socket"],
    ["C:\\", "sensitive"],
    ["c:/", "sensitive"],
    ["C:\\data", "ordinary"],
  ];
  for (const [path, kind] of CASES) {
    test(`"${path}" is ${kind}`, () => assert.equal(classifyHostPath(path).kind, kind));
  }
  test("is cleaned before it is compared", () => {
    assert.equal(cleanPath("/a/./b//../c/"), "/a/c");
    assert.equal(cleanPath("/a/b"), "/a/b");
    assert.equal(cleanPath("/../.."), "/");
  });
});
