export { controls } from "./controls/index.ts";
