export type { Builtin, BuiltinCall, BuiltinContext, FunctionDeclaration } from "./builtin.ts";
export { BuiltinCaches } from "./cache.ts";
export type { BuiltinDeclaration, TypeDeclaration } from "./declaration.ts";
export { BuiltinError, type BuiltinErrorCode, type HaltCode, HaltError, PendingAnswer } from "./errors.ts";
export { declarations, features, futureKeywords } from "./gen/capabilities.ts";
export { walk, walkValues } from "./graphs.ts";
export type { CryptoHost, DigestAlgorithm, JwkText, RegoHost, SignatureAlgorithm } from "./host.ts";
export { builtinOf, builtins } from "./registry.ts";
