export { controls } from "./controls/index.ts";
export { type ImageReference, parseImageReference } from "./model/reference.ts";
