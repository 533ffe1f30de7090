/** Names that hold a credential, whole or as their last words. */
const CREDENTIAL_NAME =
  /(?:pass(?:word|wd|phrase)|(?:^|[_.-])(?:pass(?:code)?|pwd|secret|token|credentials?|(?:api|access|secret|private|signing|encryption|auth|account|master|license)[_.-]?key|connection[_.-]?string))(?:[_.-]?\d)?$/i;

/** Names that end like a credential and are none. */
const HARMLESS_NAME = /^pwd$|^oldpwd$|cluster[_.-]token$|(?:allow[_.-]empty|random[_.-]root)[_.-].*pass/i;

/** A flag with its value in one argument. */
const FLAG = /^--?([\w.-]{1,64})=(.*)$/s;

/** Values that stand for something else: switches, references, placeholders. */
const NO_SECRET =
  /^(?:true|false|yes|no|on|off|none|null|nil|unset|enabled?|disabled?|required|optional)$|^\$[({]|^[<[{].*[>\]}]$|\{\{|^(?:insert|replace|your)[-_ ]|^x{3,}$|^\*+$|^(?:file|vault|ssm|arn|projects|ref\+\w+|secretref|env):/i;

/** A variable that something fills in before the manifest is applied. */
const SHELL_VARIABLE = /^\$[A-Z_][A-Z0-9_]*$/;

/** Credentials that give themselves away by their form, wherever they stand. Quantifiers are bounded: values are untrusted. */
const SHAPES: readonly (readonly [shape: RegExp, what: string])[] = [
  [/-----BEGIN (?:[A-Z]{2,12} )?PRIVATE KEY-----/, "a private key"],
  [/\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/, "an AWS access key id"],
  [/\bgh[pousr]_[A-Za-z0-9]{36,255}\b|\bgithub_pat_[A-Za-z0-9_]{22,255}\b/, "a GitHub token"],
  [/\bglpat-[\w-]{20,255}/, "a GitLab token"],
  [/\bxox[abprs]-[A-Za-z0-9-]{10,255}/, "a Slack token"],
  [/\b[sr]k_live_[A-Za-z0-9]{20,255}\b/, "a Stripe key"],
  [/\bAIza[\w-]{35}(?![\w-])/, "a Google API key"],
  [/\bhv[sbr]\.[\w-]{20,255}/, "a Vault token"],
  [/\bnpm_[A-Za-z0-9]{36}\b/, "an npm token"],
  [/\bhf_[A-Za-z]{34}\b/, "a Hugging Face token"],
  [/\beyJ[\w-]{10,2048}\.eyJ[\w-]{10,2048}\.[\w-]{10,}/, "a JSON web token"],
  [/:\/\/[^\s/:@$({]{0,128}:[^\s/:@$({<*]{3,256}@[\w[]/, "a password inside a URL"],
];

/** Longer values are scripts or data; their beginning tells. */
const EXAMINED_LENGTH = 65_536;

/** What kind of credential a text holds, as a message names it, or undefined. The value itself is never returned. */
export function credentialShape(text: string): string | undefined {
  if (text.length < 8) return undefined;
  const examined = text.length > EXAMINED_LENGTH ? text.slice(0, EXAMINED_LENGTH) : text;
  for (const [shape, what] of SHAPES) if (shape.test(examined)) return what;
  return undefined;
}

/** Whether a variable or flag of this name, with this literal value, is a credential in the open. */
export function isLiteralCredential(name: string, value: string): boolean {
  const words = name.replace(/([a-z\d])([A-Z])/g, "$1_$2");
  if (value === "" || !CREDENTIAL_NAME.test(words) || HARMLESS_NAME.test(words)) return false;
  const text = value.trim();
  if (text === "" || NO_SECRET.test(text) || SHELL_VARIABLE.test(text) || isPath(text)) return false;
  return !/^\d+(?:[smhd]|ms)?$/.test(text) || /pass|pwd/i.test(name);
}

/** The name of the flag that carries a literal credential in a command line argument (`--db-password=...`). */
export function credentialFlag(argument: string): string | undefined {
  if (!argument.startsWith("-")) return undefined;
  const match = FLAG.exec(argument);
  const name = match?.[1];
  return name !== undefined && isLiteralCredential(name, match?.[2] ?? "") ? name : undefined;
}

/** Absolute and relative file names: the secret is in the file. */
function isPath(text: string): boolean {
  return /^(?:\.{0,2}\/)[\w.@/-]*$/.test(text) && text.includes("/");
}
