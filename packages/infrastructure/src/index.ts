export { controls } from "./controls/index.ts";
export { CIS_RECOMMENDATIONS, CIS_VERSIONS, type CisRecommendation } from "./model/cis-benchmark.ts";
