import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, suite, test } from "node:test";
import { eventually } from "../testing/eventually.ts";
import { FileAuthorityStore, MemoryAuthorityStore } from "./authority-store.ts";
import { CertificateFiles } from "./certificate-files.ts";
import { createAuthority, issueServingCertificate } from "./issue-certificate.ts";
import { OwnAuthority } from "./own-authority.ts";
import { type ServingCertificate, expiryOf } from "./serving-certificate.ts";

const DAY = 86_400_000;
const VALIDITY = { from: new Date("2026-01-01T00:00:00Z"), until: new Date("2051-01-01T00:00:00Z") };

const unexpected = (what: unknown): void => assert.fail(JSON.stringify(what));

async function folder(context: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), "redoubt-certificates-"));
  context.after(() => rm(path, { recursive: true }));
  return path;
}

function aborted(context: TestContext): AbortSignal {
  const controller = new AbortController();
  context.after(() => {
    controller.abort();
  });
  return controller.signal;
}

suite("certificates of our own", () => {
  test("an authority and its certificates are as RFC 5280 has them", () => {
    const authority = createAuthority("our ca", VALIDITY);
    const ca = new X509Certificate(authority.cert);
    assert.equal(ca.ca, true);
    assert.equal(ca.subject, "CN=our ca");
    assert.ok(ca.verify(ca.publicKey));
    assert.equal(new Date(ca.validTo).getTime(), VALIDITY.until.getTime());
    const names = ["redoubt.redoubt.svc", "127.0.0.1", "::1", "fd00::a:1"];
    const { cert } = issueServingCertificate(authority, "our ca", names, VALIDITY);
    const leaf = new X509Certificate(cert);
    assert.equal(leaf.ca, false);
    assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
    assert.deepEqual(leaf.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
    assert.equal(leaf.checkHost("redoubt.redoubt.svc"), "redoubt.redoubt.svc");
    assert.equal(leaf.checkHost("other.redoubt.svc"), undefined);
    for (const address of ["127.0.0.1", "::1", "fd00::a:1"]) assert.equal(leaf.checkIP(address), address);
    assert.equal(leaf.checkIP("127.0.0.2"), undefined);
  });

  test("two issuers of one name are told apart by their keys", () => {
    const [one, other] = [createAuthority("ca", VALIDITY), createAuthority("ca", VALIDITY)];
    const leaf = new X509Certificate(issueServingCertificate(one, "ca", ["x"], VALIDITY).cert);
    assert.equal(leaf.verify(new X509Certificate(one.cert).publicKey), true);
    assert.equal(leaf.verify(new X509Certificate(other.cert).publicKey), false);
  });

  test("a key of another certificate is refused", () => {
    const authority = createAuthority("ca", VALIDITY);
    const one = issueServingCertificate(authority, "ca", ["x"], VALIDITY);
    const other = issueServingCertificate(authority, "ca", ["x"], VALIDITY);
    assert.throws(() => expiryOf({ cert: one.cert, key: other.key }), { code: "SERVER_CERTIFICATE" });
    assert.throws(() => expiryOf({ cert: "nothing", key: one.key }), { code: "SERVER_CERTIFICATE" });
  });
});

suite("an authority of our own over the years", () => {
  test("certificates are renewed, a successor is trusted before it issues, and the old one until it ends", async (context) => {
    let now = Date.parse("2026-01-01T00:00:00Z");
    const bundles: string[] = [];
    const shown: ServingCertificate[] = [];
    const store = new MemoryAuthorityStore();
    const authority = new OwnAuthority({
      store,
      names: ["localhost"],
      now: () => new Date(now),
      interval: 5,
      onTrusted: (bundle) => {
        bundles.push(bundle);
        return Promise.resolve();
      },
    });
    shown.push(await authority.start(aborted(context), (next) => shown.push(next), unexpected));
    const count = (bundle = ""): number => bundle.split("BEGIN").length - 1;
    const issuer = (certificate: ServingCertificate | undefined): number => {
      const leaf = new X509Certificate(certificate?.cert ?? "");
      const trusted = authority.trusted.match(/-+BEGIN[^]*?END CERTIFICATE-+/g) ?? [];
      return trusted.findIndex((cert) => leaf.verify(new X509Certificate(cert).publicKey));
    };
    now += 21 * DAY;
    await eventually(() => assert.equal(shown.length, 2));
    assert.equal(bundles.length, 1);
    now += (730 - 21 - 119) * DAY;
    await eventually(() => assert.equal(count(authority.trusted), 2));
    assert.equal(issuer(shown.at(-1)), 0);
    const [before] = (await store.read())?.authorities.list ?? [];
    now += 60 * DAY;
    await eventually(() => assert.notEqual(bundles.at(-1)?.startsWith(before?.cert ?? "-"), true));
    await eventually(() => assert.equal(issuer(shown.at(-1)), 0));
    assert.equal(count(authority.trusted), 2);
    now += 60 * DAY;
    await eventually(() => assert.equal(count(authority.trusted), 1));
  });

  test("replicas that share a store come to one authority", async (context) => {
    const store = new MemoryAuthorityStore();
    const replicas = [1, 2, 3].map(() => new OwnAuthority({ store, names: ["localhost"] }));
    const signal = aborted(context);
    const certificates = await Promise.all(replicas.map((one) => one.start(signal, () => undefined, unexpected)));
    assert.equal(new Set(replicas.map(({ trusted }) => trusted)).size, 1);
    assert.equal(new Set(certificates.map(({ cert }) => cert)).size, 3);
  });

  test("a file keeps it between runs, for its owner alone", async (context) => {
    const file = join(await folder(context), "private", "authority.json");
    const start = async (): Promise<string> => {
      const authority = new OwnAuthority({ store: new FileAuthorityStore(file), names: ["localhost"] });
      await authority.start(aborted(context), () => undefined, unexpected);
      return authority.trusted;
    };
    assert.equal(await start(), await start());
    assert.equal((await stat(file)).mode & 0o777, 0o600);
    await writeFile(file, "{}");
    await assert.rejects(start(), { code: "SERVER_CERTIFICATE" });
  });
});

test("certificate files are read again when they change, and stay in use while they are no pair", async (context) => {
  const path = await folder(context);
  const [certFile, keyFile] = [join(path, "tls.crt"), join(path, "tls.key")];
  const authority = createAuthority("ca", VALIDITY);
  const issue = (): ServingCertificate => issueServingCertificate(authority, "ca", ["x"], VALIDITY);
  const [first, second] = [issue(), issue()];
  await writeFile(certFile, first.cert);
  await writeFile(keyFile, first.key);
  const changed: ServingCertificate[] = [];
  const failures: unknown[] = [];
  const files = new CertificateFiles(certFile, keyFile);
  const shown = await files.start(
    aborted(context),
    (next) => changed.push(next),
    (error) => failures.push(error),
  );
  assert.deepEqual(shown, first);
  await writeFile(certFile, second.cert);
  await eventually(() => assert.equal(failures.length, 1));
  await writeFile(keyFile, second.key);
  await eventually(() => assert.deepEqual(changed, [second]));
  assert.equal(await readFile(certFile, "utf8"), second.cert);
  await assert.rejects(
    new CertificateFiles(join(path, "none"), keyFile).start(aborted(context), unexpected, unexpected),
    {
      code: "SERVER_CERTIFICATE",
    },
  );
});
