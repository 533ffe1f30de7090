const NAME =
  /(?:^|_)(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|API_?KEY|SECRET_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CLIENT_?SECRET)$/i;
const SHAPE =
  /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY|\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z2-7]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36,}|\bglpat-[\w-]{20,}|\bxox[abprs]-[\w-]{10,}|\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\./;
const STAND_IN = /^(?:true|false|yes|no|none|null|changeme|\*+|x+|dummy|\d{1,3})$|[${}<>]|^(?:\.{0,2}\/|[a-z]+:\/\/)/i;

/** Whether a variable of a pipeline holds a credential itself, rather than a reference to one. */
export function isCredentialVariable(name: string, value: unknown): boolean {
  if (typeof value !== "string" || value.trim() === "") return false;
  if (SHAPE.test(value)) return true;
  return NAME.test(name) && !STAND_IN.test(value.trim());
}
