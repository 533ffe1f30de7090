const PLACEHOLDERS: readonly RegExp[] = [
  /\$\{[^}]*\}|\$\([^)]*\)|^\$\w+$/, // shell, Kustomize, Flux and CI variables
  /\{\{[\s\S]*\}\}/, // Go templates, Jinja, Handlebars
  /^<[^<>]*>$/, // <your-password>, and Argo CD's <path:...#key>
  /^%\w+%$|^@@?\w+@@?$|^__\w+__$|^\(\([\w/.-]+\)\)$|^\[\[?[\w\s.-]+\]?\]$/,
  /^ENC\[[A-Z0-9_]+,data:/, // a value that sops has encrypted
  /^(?:vault|ref\+\w+|op|secret|awssm|gcpsm|azurekv|ssm|bao):(?:\/\/)?[\w./-]/, // references that an injector resolves
  /^(?:\*+|x{4,}|\.{3,}|redacted|your[-_ ].*|replace[-_ ]?(?:me|with|this).*|insert[-_ ].*|todo|tbd|placeholder|dummy|base64[-_ ]?encoded.*)$/i,
];

/** Whether some tool or person is still to put the value in its place: such text gives nothing away. */
export function isPlaceholder(text: string): boolean {
  const trimmed = text.trim();
  return trimmed === "" || PLACEHOLDERS.some((pattern) => pattern.test(trimmed));
}
