import type { ContainerView, Edit, Volume, Workload } from "@redoubt/kube";
import { cleanPath } from "./host-path.ts";
import { parseImageName } from "./image-name.ts";

/** Where well-known images write outside their declared volumes; `/tmp` is for every image. */
const KNOWN_PATHS: ReadonlyMap<string, readonly string[]> = new Map([
  ["nginx", ["/var/cache/nginx", "/var/run"]],
  ["httpd", ["/usr/local/apache2/logs"]],
  ["mysql", ["/var/run/mysqld"]],
  ["mariadb", ["/var/run/mysqld"]],
  ["postgres", ["/var/run/postgresql"]],
  ["tomcat", ["/usr/local/tomcat/logs", "/usr/local/tomcat/temp", "/usr/local/tomcat/work"]],
  ["php", ["/var/run/apache2", "/var/lock/apache2"]],
  ["wordpress", ["/var/run/apache2", "/var/lock/apache2"]],
]);

const EVERY_IMAGE: readonly string[] = ["/tmp"];

/** Where the container is known to write and nothing is mounted yet. */
export function unmountedWritablePaths(view: ContainerView): readonly string[] {
  const known = KNOWN_PATHS.get(parseImageName(view.container.image ?? "").base);
  const paths = known === undefined ? EVERY_IMAGE : [...EVERY_IMAGE, ...known];
  const mounts = view.container.volumeMounts;
  if (mounts === undefined || mounts.length === 0) return paths;
  const mounted = new Set(mounts.map((mount) => canonical(mount.mountPath ?? "")));
  return paths.filter((path) => !mounted.has(canonical(path)));
}

/** `/var/run` is a link to `/run` in every common image. */
function canonical(path: string): string {
  const clean = cleanPath(path);
  return clean === "/var/run" || clean.startsWith("/var/run/") ? clean.slice("/var".length) : clean;
}

/**
 * Mounts a fresh emptyDir at each path. Every container gets volumes of its own: the names depend only on the pod as it is written, so that the
 * fixes of several containers can be applied together.
 */
export function mountEmptyDirs(view: ContainerView, workload: Workload, paths: readonly string[]): Edit[] {
  const volumes = workload.podSpec.volumes ?? [];
  const owner = workload.containers.length === 1 ? "" : view.name;
  const edits: Edit[] = [];
  for (const mountPath of paths) {
    const name = volumeName(mountPath, owner, view, workload, volumes);
    edits.push(
      { op: "append", path: [...workload.podSpecPath, "volumes"], value: { name, emptyDir: {} } },
      { op: "append", path: [...view.path, "volumeMounts"], value: { name, mountPath } },
    );
  }
  return edits;
}

/** `tmp`, or `web-tmp` where the pod has more containers; a DNS label that no volume of the pod has. */
function volumeName(
  mountPath: string,
  owner: string,
  view: ContainerView,
  workload: Workload,
  volumes: readonly Volume[],
): string {
  const place = mountPath.slice(1).replaceAll("/", "-");
  const wanted = owner === "" ? place : `${owner}-${place}`;
  const fits =
    wanted.length <= 60
      ? wanted
      : `container-${workload.containers.findIndex(({ path }) => path === view.path)}-${place}`;
  let name = fits;
  for (let suffix = 2; volumes.some((volume) => volume.name === name); suffix++) name = `${fits}-${suffix}`;
  return name;
}
