export { controls } from "./controls/index.ts";
export { anonymousRequests } from "./controls/inf-019-anonymous-requests.ts";
export { CIS_RECOMMENDATIONS, CIS_VERSIONS, type CisRecommendation } from "./model/cis-benchmark.ts";
