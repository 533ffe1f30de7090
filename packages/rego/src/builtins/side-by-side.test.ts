import { callTable } from "./call-table.test.ts";

/** Outcomes of OPA that generated calls were found to differ from: `npm run fuzz -- --builtins`. */
callTable("found side by side", [
  ['regex.match("(?P<a>x)(?P<a>y)", "xy")', "true"],
  ['regex.replace("xy", "(?P<a>x)|(?P<a>y)", "[$a]")', '"[x][y]"'],
  [
    'regex.match("(?P<a>x)(?P<a>y", "xy")',
    "eval_builtin_error: error parsing regexp: missing closing ): `(?P<a>x)(?P<a>y`",
  ],
  ["sum([100000000000000000000000, 1.5, 1])", "100000000000000000000000"],
  ['units.parse("1ΑΣς")', "eval_builtin_error: units.parse: unit ��σς not recognized"],
  ['units.parse_bytes("1Tİ")', "1099511627776"],
  [
    'uri.parse("http://[:1]:80/")',
    'eval_builtin_error: parse "http://[:1]:80/": invalid host: ParseAddr(":1"): each colon-separated field must have at least one digit (at ":1")',
  ],
  [
    'uri.parse("http://[::1%25eth0]:80/")',
    '{"hostname": "::1%eth0", "path": "/", "port": "80", "raw_path": "/", "scheme": "http"}',
  ],
  ['uri.parse("http://[1.2.3.4]/")', 'eval_builtin_error: parse "http://[1.2.3.4]/": invalid IP-literal'],
  ['uri.parse("http://a[::1]/")', 'eval_builtin_error: parse "http://a[::1]/": invalid IP-literal'],
  [
    'uri.parse("http://[fe80::1::2]/")',
    'eval_builtin_error: parse "http://[fe80::1::2]/": invalid host: ParseAddr("fe80::1::2"): multiple :: in address (at ":2")',
  ],
  ['uri.parse("http://a:1:2/")', 'eval_builtin_error: parse "http://a:1:2/": invalid port ":1:2" after host'],
  ['uri.parse("x://a:1:2/")', '{"hostname": "a:1", "path": "/", "port": "2", "raw_path": "/", "scheme": "x"}'],
  [
    'uri.parse("http://[12345::]/")',
    'eval_builtin_error: parse "http://[12345::]/": invalid host: ParseAddr("12345::"): each group must have 4 or less digits (at "12345::")',
  ],
  ['urlquery.decode("a%日本")', 'eval_builtin_error: invalid URL escape "%\\xe6\\x97"'],
  ['net.cidr_merge(["10.1.2.3/16", "::ffff:10.0.0.0/104"])', '{"10.0.0.0/8", "10.1.0.0/16"}'],
  ['net.cidr_merge(["0.0.0.0/0", "fd00::/8"])', '{"0.0.0.0/0", "fd00::/8"}'],
  ['strings.render_template("{{.a.b.c}}", {})', '"<undefined>"'],
  [
    'strings.render_template("{{if .a}}x{{end y}}", {})',
    'eval_builtin_error: template: template:1: unexpected "y" in end',
  ],
  ['sprintf("%.1T %.T|", [1])', '"i %!T(MISSING)|"'],
  ['sprintf("%#q", ["𝔘"])', '"`𝔘`"'],
  ['rego.parse_module("a", "")', "eval_builtin_error: a:0: rego_parse_error: empty module"],
  ['rego.parse_module("a", "x")', "eval_builtin_error: 1 error occurred: a:1: rego_parse_error: package expected"],
  ['time.format([1, "\\u0000"])', "eval_builtin_error: invalid argument"],
  ['crypto.x509.parse_keypair("a", "b")', "eval_builtin_error: illegal base64 data at input byte 0"],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-256\\",\\"x\\":\\"AA\\",\\"y\\":\\"AA\\"}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.ECDSAPublicKey: invalid "x" length (1) for curve "P-256"',
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-2\\",\\"x\\":\\"AA\\",\\"y\\":\\"AA\\"}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: failed to unmarshal JSON into key (*jwk.ecdsaPublicKey): failed to unmarshal JSON into key (*jwk.ecdsaPublicKey): failed to decode value for key crv: unknown EllipticCurveAlgorithm: "P-2"',
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-256\\",\\"x\\":\\"A#\\",\\"y\\":\\"AA\\"}")',
    "eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: failed to unmarshal JSON into key (*jwk.ecdsaPublicKey): failed to unmarshal JSON into key (*jwk.ecdsaPublicKey): failed to decode value for key x: expected base64 encoded []byte (string)",
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"oct\\",\\"k\\":\\"\\"}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.SymmetricKey: missing "k" field',
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":1}")',
    "eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: failed to probe data: probe: failed to unmarshal data: json: cannot unmarshal number into Go struct field .kty of type string",
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"oct\\",\\"k\\":\\"AA\\",\\"alg\\":\\"x\\"}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: failed to unmarshal JSON into key (*jwk.symmetricKey): failed to unmarshal JSON into key (*jwk.symmetricKey): failed to decode value for key alg: invalid key value: "x": invalid key algorithm',
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"keys\\":[{\\"kty\\":\\"oct\\"}]}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to unmarshal JWK set: failed to decode key #0 in "keys": jwk.ParseKey: failed to unmarshal JSON into key (*jwk.symmetricKey): failed to unmarshal JSON into key (*jwk.symmetricKey): required field k is missing',
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"OKP\\",\\"crv\\":\\"Ed25519\\",\\"x\\":\\"AA\\"}")',
    "eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.OKPPublicKey: ed25519: wrong public key size",
  ],
  ['io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"RSA\\",\\"n\\":\\"AQAB\\",\\"e\\":\\"AQAB\\"}")', "false"],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-256\\",\\"x\\":\\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\\",\\"y\\":\\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\\"}")',
    "eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.ECDSAPublicKey: invalid ECDSA public key: P256 point not on curve",
  ],
  [
    'io.jwt.verify_es256("e30.e30.", "{\\"kty\\":\\"EC\\",\\"crv\\":\\"P-256\\",\\"d\\":\\"AA\\",\\"x\\":\\"AA\\",\\"y\\":\\"AA\\"}")',
    'eval_builtin_error: failed to parse a JWK key (set): jwk.ParseString: failed to parse string: jwk.Parse: failed to parse sole key: jwk.ParseKey: jwk.Parse: key validation failed: key validation failed: jwk.ECDSAPrivateKey: invalid "x" length (1) for curve "P-256"',
  ],
  [
    'io.jwt.encode_sign({"alg": 1}, {}, {"kty": "oct", "k": "AA"})',
    "eval_builtin_error: missing or invalid 'alg' header: value doesn't contain string; it contains number",
  ],
]);
