export { type GoTool, KUBE_SCORE, cacheFolder, findGoTool } from "./go-tools.ts";
