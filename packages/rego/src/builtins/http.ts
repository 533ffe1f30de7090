import { objectKeys } from "../values/object.ts";
import { RegoSet } from "../values/set.ts";
import { termText } from "../values/term-text.ts";
import type { ObjectValue, Value } from "../values/value.ts";
import type { BuiltinContext } from "./builtin.ts";
import { BuiltinError } from "./errors.ts";
import { objectOperand, operandError } from "./operands.ts";
import { outsideAnswer } from "./outside-answer.ts";

const requestKeys = RegoSet.of(
  "body",
  "cache",
  "cache_ignored_headers",
  "caching_mode",
  "enable_redirect",
  "force_cache",
  "force_cache_duration_seconds",
  "force_json_decode",
  "force_yaml_decode",
  "headers",
  "max_retry_attempts",
  "method",
  "raise_error",
  "raw_body",
  "timeout",
  "tls_ca_cert",
  "tls_ca_cert_env_variable",
  "tls_ca_cert_file",
  "tls_client_cert",
  "tls_client_cert_env_variable",
  "tls_client_cert_file",
  "tls_client_key",
  "tls_client_key_env_variable",
  "tls_client_key_file",
  "tls_insecure_skip_verify",
  "tls_server_name",
  "tls_use_system_certs",
  "url",
);
const requiredKeys = RegoSet.of("method", "url");

/** A request with nothing in it that `http.send` does not know, and nothing missing. */
export function requestOperand(value: Value, position: number): ObjectValue {
  const request = objectOperand(value, position);
  const keys = RegoSet.from(objectKeys(request));
  const unknown = keys.difference(requestKeys);
  if (unknown.size > 0) throw operandError(position, `invalid request parameters(s): ${termText(unknown)}`);
  const missing = requiredKeys.difference(keys);
  if (missing.size > 0) throw operandError(position, `missing required request parameters(s): ${termText(missing)}`);
  return request;
}

/** Equal requests within one evaluation are sent once. */
export function httpSend(context: BuiltinContext, value: Value): Value {
  const request = requestOperand(value, 1);
  const send = context.host.httpSend;
  if (send === undefined) throw new BuiltinError("sending requests is not allowed here");
  return outsideAnswer(context, `http.send ${termText(request)}`, () => send(request));
}
