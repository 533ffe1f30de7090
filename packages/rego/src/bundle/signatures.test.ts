import assert from "node:assert/strict";
import { type KeyObject, createHash, createHmac, generateKeyPairSync, sign } from "node:crypto";
import { suite, test } from "node:test";
import { nodeCrypto } from "../node-crypto.ts";
import { formatLoadFault } from "./load-error.ts";
import { readBundle } from "./read-bundle.ts";
import { type BundleKey, type VerificationOptions, canonicalText } from "./signatures.ts";

const POLICY = "package p\nallow := true\n";
const DATA = '{ "b": [1.0, 1e3, "a<\\u2028"],\n "a": null }';
const CANONICAL = '{"a":null,"b":[1.0,1e3,"a<\\u2028"]}';

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

interface SignedFile {
  readonly name: string;
  readonly hash: string;
  readonly algorithm: string;
}

const FILES: readonly SignedFile[] = [
  { name: "p.rego", hash: sha256(POLICY), algorithm: "SHA-256" },
  { name: "x/data.json", hash: sha256(CANONICAL), algorithm: "SHA-256" },
];

type Signer = (data: string) => Buffer;

function tokenOf(signer: Signer, claims: object, header: object = { alg: "none", kid: "k1" }): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${signer(signed).toString("base64url")}`;
}

const withSecret =
  (digest: string, secret: string): Signer =>
  (data) =>
    createHmac(digest, secret).update(data).digest();

const withKey =
  (digest: string | null, key: KeyObject): Signer =>
  (data) =>
    sign(digest, Buffer.from(data), { key, dsaEncoding: "ieee-p1363" });

function read(
  signatures: unknown,
  verification: VerificationOptions | undefined,
  files: Readonly<Record<string, string>> = {},
): string {
  const all: Record<string, string> = {
    "p.rego": POLICY,
    "x/data.json": DATA,
    ".signatures.json": JSON.stringify(signatures),
    ...files,
  };
  const { value, errors } = readBundle(
    Object.entries(all).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
    { name: "b", crypto: nodeCrypto, ...(verification === undefined ? {} : { verification }) },
  );
  return value === undefined ? errors.map(formatLoadFault).join("\n") : value.verified ? "verified" : "not verified";
}

function pem(key: KeyObject, type: "spki" | "pkcs1" | "pkcs8" | "sec1"): string {
  const text =
    key.type === "public"
      ? key.export({ type: type === "pkcs1" ? "pkcs1" : "spki", format: "pem" })
      : key.export({ type: type === "pkcs1" ? "pkcs1" : type === "sec1" ? "sec1" : "pkcs8", format: "pem" });
  return text.toString();
}

suite("signatures that are verified", () => {
  const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const ed = generateKeyPairSync("ed25519");
  const table: readonly (readonly [string, Signer, BundleKey])[] = [
    ["HS256", withSecret("sha256", "secret"), { key: "secret", algorithm: "HS256" }],
    ["HS512", withSecret("sha512", "secret"), { key: "secret", algorithm: "HS512" }],
    ["RS256", withKey("sha256", rsa.privateKey), { key: pem(rsa.publicKey, "spki"), algorithm: "RS256" }],
    ["RS512, PKCS #1", withKey("sha512", rsa.privateKey), { key: pem(rsa.publicKey, "pkcs1"), algorithm: "RS512" }],
    [
      "RS256, the private key",
      withKey("sha256", rsa.privateKey),
      { key: pem(rsa.privateKey, "pkcs1"), algorithm: "RS256" },
    ],
    ["ES256", withKey("sha256", ec.privateKey), { key: pem(ec.publicKey, "spki"), algorithm: "ES256" }],
    [
      "ES256, the private key",
      withKey("sha256", ec.privateKey),
      { key: pem(ec.privateKey, "sec1"), algorithm: "ES256" },
    ],
    ["ES256, PKCS #8", withKey("sha256", ec.privateKey), { key: pem(ec.privateKey, "pkcs8"), algorithm: "ES256" }],
    ["EdDSA", withKey(null, ed.privateKey), { key: pem(ed.publicKey, "spki"), algorithm: "EdDSA" }],
  ];
  for (const [title, signer, key] of table) {
    test(title, () => {
      assert.equal(read({ signatures: [tokenOf(signer, { files: FILES })] }, { keys: { k1: key } }), "verified");
    });
    test(`${title}: not with another's`, () => {
      const forged = tokenOf(withSecret("sha256", "guess"), { files: FILES });
      assert.match(
        read({ signatures: [forged] }, { keys: { k1: key } }),
        /^BUNDLE_SIGNATURE: b: the signature was not made with/,
      );
    });
  }
  test("a public key is never taken for a secret", () => {
    const publicKey = pem(rsa.publicKey, "spki");
    const confused = tokenOf(withSecret("sha256", publicKey), { files: FILES }, { alg: "HS256", kid: "k1" });
    assert.match(
      read({ signatures: [confused] }, { keys: { k1: { key: publicKey, algorithm: "RS256" } } }),
      /not made with/,
    );
  });
});

const SIGNER = withSecret("sha256", "s");
const KEYS: VerificationOptions = { keys: { k1: { key: "s", algorithm: "HS256" } } };

suite("which key, and for what", () => {
  const table: readonly (readonly [string, object, object, VerificationOptions, string | RegExp])[] = [
    ["the claim of old", { files: FILES, keyid: "k1" }, {}, KEYS, "verified"],
    ["the one that is asked for", { files: FILES }, { kid: "other" }, { ...KEYS, keyId: "k1" }, "verified"],
    ["none", { files: FILES }, {}, KEYS, /does not say which key made it/],
    ["one that is not known", { files: FILES }, { kid: "__proto__" }, KEYS, /no key with the id "__proto__"/],
    ["a scope", { files: FILES, scope: "read" }, { kid: "k1" }, { ...KEYS, scope: "read" }, "verified"],
    ["another scope", { files: FILES, scope: "write" }, { kid: "k1" }, KEYS, /for the scope "write", not for ""/],
    [
      "the scope of the key",
      { files: FILES, scope: "read" },
      { kid: "k1" },
      { keys: { k1: { key: "s", algorithm: "HS256", scope: "read" } } },
      "verified",
    ],
    ["no files", {}, { kid: "k1" }, KEYS, /lists no files/],
  ];
  for (const [title, claims, header, verification, expected] of table) {
    test(title, () => {
      const result = read({ signatures: [tokenOf(SIGNER, claims, header)] }, verification);
      if (typeof expected === "string") assert.equal(result, expected);
      else assert.match(result, expected);
    });
  }
});

suite("what is signed", () => {
  const signed = { signatures: [tokenOf(SIGNER, { files: FILES })] };
  test("white space and the order of keys do not matter in data", () => {
    assert.equal(read(signed, KEYS, { "x/data.json": CANONICAL }), "verified");
  });
  const table: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
    ["a policy that was changed", { "p.rego": `${POLICY} ` }, /p\.rego is not the file that was signed/],
    ["data that was changed", { "x/data.json": '{"a": 1}' }, /x\/data\.json is not the file that was signed/],
    ["a file that was added", { "q.rego": "package q" }, /the signature does not cover q\.rego/],
    ["a file of no use that was added", { "readme.txt": "" }, /the signature does not cover readme\.txt/],
  ];
  for (const [title, files, expected] of table) {
    test(title, () => {
      assert.match(read(signed, KEYS, files), expected);
    });
  }
  test("a file that was taken away", () => {
    const more = [...FILES, { name: "q.rego", hash: "", algorithm: "SHA-256" }];
    assert.match(read({ signatures: [tokenOf(SIGNER, { files: more })] }, KEYS), /covers q\.rego, which is not in/);
  });
  test("a file that need not be signed", () => {
    assert.equal(read(signed, { ...KEYS, exclude: ["*.txt"] }, { "readme.txt": "" }), "verified");
  });
  test("a hash that is not known", () => {
    const files = FILES.map((file) => ({ ...file, algorithm: "CRC" }));
    assert.match(read({ signatures: [tokenOf(SIGNER, { files })] }, KEYS), /the hash "CRC", which is not known/);
  });
});

suite("signatures that are none", () => {
  for (const document of [{}, [], { signatures: [] }, { signatures: ["a.b.c", "a.b.c"] }, { signatures: [1] }]) {
    test(JSON.stringify(document), () => {
      assert.match(read(document, KEYS), /must hold exactly one signature/);
    });
  }
  for (const token of ["", "a", "a.b", "a.b.c.d", "!!.!!.!!", "e30.W10.eA"]) {
    test(JSON.stringify(token), () => {
      assert.match(read({ signatures: [token] }, KEYS), /^BUNDLE_SIGNATURE: b: /);
    });
  }
  test("the plugin that is none is accepted", () => {
    const signatures = [tokenOf(SIGNER, { files: FILES })];
    assert.equal(read({ signatures, plugin: "_default" }, KEYS), "verified");
  });
  test("a plugin", () => {
    assert.match(read({ signatures: [], plugin: "x" }, KEYS), /asks for a plugin/);
  });
  test("keys that are none", () => {
    for (const key of [
      "",
      "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n",
      "-----BEGIN X-----\n-----END X-----\n",
    ]) {
      const result = read(
        { signatures: [tokenOf(SIGNER, { files: FILES })] },
        { keys: { k1: { key, algorithm: "RS256" } } },
      );
      assert.match(result, /^BUNDLE_SIGNATURE: b: /);
    }
  });
  test("none at all where one is needed", () => {
    const { errors } = readBundle([{ path: "data.json", bytes: new TextEncoder().encode("{}") }], {
      name: "b",
      crypto: nodeCrypto,
      verification: KEYS,
    });
    assert.match(errors.map(formatLoadFault).join(), /is not signed/);
  });
  test("no key where there is one", () => {
    assert.match(read({ signatures: [tokenOf(SIGNER, { files: FILES })] }, undefined), /no key was given to verify it/);
  });
});

test("what is hashed of a document is its text in order, as Go writes it", () => {
  assert.equal(
    canonicalText({ b: "<\u2029\n\u0001", a: [true, null, 0.5] }),
    '{"a":[true,null,0.5],"b":"<\\u2029\\n\\u0001"}',
  );
});
