import { isPlaceholder } from "./placeholder.ts";

/** Shapes that are credentials wherever they stand. Documentation's own example keys are left out. */
const SHAPES: readonly { readonly what: string; readonly pattern: RegExp }[] = [
  { what: "a private key", pattern: /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/ },
  { what: "an AWS access key", pattern: /\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z2-7]{16}\b/ },
  { what: "a JSON web token", pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{10,}/ },
  { what: "a GitHub token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/ },
  { what: "a GitLab token", pattern: /\bglpat-[\w-]{20,}/ },
  { what: "a Slack token", pattern: /\bxox[abeprs]-[\w-]{10,}/ },
  { what: "a Google API key", pattern: /\bAIza[\w-]{35}\b/ },
  { what: "a Stripe secret key", pattern: /\b[rs]k_live_[A-Za-z0-9]{20,}/ },
  { what: "an npm token", pattern: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: "a Vault token", pattern: /\bhv[sb]\.[\w-]{24,}/ },
];

const URL_PASSWORD = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@"']*:([^\s/@"']+)@[^\s/]/gi;
const PASSWORD_NAME = /(?:^|[._\-\s])(?:\w*(?:password|passwd|passphrase)|\w+_pwd|pwd)$/i;
const TOKEN_NAME =
  /(?:^|[._-])(?:\w*(?:api[._-]?key|access[._-]?key|secret[._-]?key|private[._-]?key|client[._-]?secret|auth[._-]?token|access[._-]?token|bearer[._-]?token))$/i;
const BARE_NAME = /(?:^|[._-])(?:token|secret|credentials?|apikey|key)$/i;

/** What in a text is a credential by its shape, in words; never the value itself. */
export function credentialShapes(text: string): readonly string[] {
  const found = SHAPES.filter(({ pattern }) => pattern.test(text)).map(({ what }) => what);
  for (const [, password = ""] of text.matchAll(URL_PASSWORD))
    if (!isPlaceholder(password) && !password.startsWith("$")) {
      found.push("a password in a URL");
      break;
    }
  return found;
}

/** Whether a name says that its value is a credential: `DB_PASSWORD`, `api-key`, `token`. Names of files, URLs and settings about them do not. */
export function isCredentialName(name: string): boolean {
  return PASSWORD_NAME.test(name) || TOKEN_NAME.test(name) || BARE_NAME.test(name);
}

/** Whether `name: value` in a configuration gives a credential away: a telling name, and a value that is not a reference, path, switch or placeholder. */
export function isCredentialSetting(name: string, value: string): boolean {
  const text = value.trim().replace(/^(["'])(.*)\1[,;]?$/, "$2");
  if (isPlaceholder(text) || text.startsWith("$") || /\s/.test(text)) return false;
  if (/^(?:true|false|yes|no|none|null|nil|required|optional|enabled|disabled|\d{1,3})$/i.test(text)) return false;
  if (/^(?:\.{0,2}\/|~\/|file:|env:|[a-z][a-z0-9+.-]*:\/\/)/i.test(text)) return false;
  if (PASSWORD_NAME.test(name)) return true;
  return TOKEN_NAME.test(name) && text.length >= 8;
}

const WELL_KNOWN = new Set(
  `password passwd password1 password123 passw0rd p@ssw0rd p@ssword pass changeme change-me change_me changeit admin admin123 administrator root toor
  secret secret123 supersecret test test123 testing 1234 12345 123456 1234567 12345678 123456789 letmein qwerty default guest user postgres mysql
  mongodb rabbitmq redis minioadmin minio123 example foobar foo bar welcome abc123 demo mypassword mysecretpassword my-secret-pw`.split(
    /\s+/,
  ),
);

/** Whether a value is among those that everybody tries first. */
export function isWellKnownPassword(value: string): boolean {
  return WELL_KNOWN.has(value.trim().toLowerCase());
}
