import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  randomBytes,
  sign,
} from "node:crypto";

/** A certificate for this machine's loopback addresses, as PEM. */
export interface LocalCertificate {
  readonly key: string;
  readonly cert: string;
  /** What clients have to trust. It can sign nothing else, because its key is not kept. */
  readonly ca: string;
}

const NAMES = ["localhost"];
const ADDRESSES = [
  [127, 0, 0, 1],
  [...Array(15).fill(0), 1],
];

const OID = {
  commonName: [0x55, 4, 3],
  ecdsaWithSha256: [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2],
  serverAuth: [0x2b, 6, 1, 5, 5, 7, 3, 1],
  subjectKeyIdentifier: [0x55, 0x1d, 14],
  keyUsage: [0x55, 0x1d, 15],
  subjectAltName: [0x55, 0x1d, 17],
  basicConstraints: [0x55, 0x1d, 19],
  authorityKeyIdentifier: [0x55, 0x1d, 35],
  extendedKeyUsage: [0x55, 0x1d, 37],
};

/** Issues a certificate by an authority that exists for it alone (RFC 5280). */
export function issueLocalCertificate(expiresAt: Date): LocalCertificate {
  const authority = keyPair();
  const server = keyPair();
  const authorityName = "platform-api development CA";
  const signer = { name: authorityName, key: authority.privateKey, expiresAt };
  const authorityId = octets(keyId(authority));
  const ca = certificate(signer, authorityName, authority, [
    extension(OID.basicConstraints, sequence(der(0x01, [0xff]), integer([0])), true),
    extension(OID.keyUsage, bits([0x04], 2), true), // keyCertSign
    extension(OID.subjectKeyIdentifier, authorityId),
  ]);
  const cert = certificate(signer, "localhost", server, [
    extension(OID.basicConstraints, sequence(), true),
    extension(OID.keyUsage, bits([0x80], 7), true), // digitalSignature
    extension(OID.extendedKeyUsage, sequence(oid(OID.serverAuth))),
    extension(
      OID.subjectAltName,
      sequence(...NAMES.map((name) => der(0x82, Buffer.from(name))), ...ADDRESSES.map((ip) => der(0x87, ip))),
    ),
    extension(OID.subjectKeyIdentifier, octets(keyId(server))),
    extension(OID.authorityKeyIdentifier, sequence(der(0x80, keyId(authority)))),
  ]);
  return { key: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(), cert, ca };
}

interface Signer {
  readonly name: string;
  readonly key: KeyObject;
  readonly expiresAt: Date;
}

function certificate(
  { name: issuer, key, expiresAt }: Signer,
  subject: string,
  { publicKey }: KeyPairKeyObjectResult,
  extensions: readonly Buffer[],
): string {
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const yesterday = new Date(Date.now() - 86_400_000); // clocks differ
  const signed = sequence(
    der(0xa0, integer([2])), // version 3
    integer([0x01, ...randomBytes(15)]),
    algorithm,
    commonName(issuer),
    sequence(utcTime(yesterday), utcTime(expiresAt)),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(...extensions)),
  );
  const base64 = sequence(signed, algorithm, bits(sign("sha256", signed, key), 0)).toString("base64");
  return `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`;
}

function keyPair(): KeyPairKeyObjectResult {
  return generateKeyPairSync("ec", { namedCurve: "P-256" });
}

function keyId({ publicKey }: KeyPairKeyObjectResult): Buffer {
  return createHash("sha1")
    .update(publicKey.export({ type: "spki", format: "der" }))
    .digest();
}

type Bytes = Uint8Array | readonly number[];

/** One value in DER: its tag, its length and its content (X.690 §8.1). */
function der(tag: number, ...contents: readonly Bytes[]): Buffer {
  const content = Buffer.concat(contents.map((part) => Buffer.from(part)));
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Bytes[]) => der(0x30, ...parts);
const integer = (value: Bytes) => der(0x02, value);
const oid = (value: Bytes) => der(0x06, value);
const octets = (value: Bytes) => der(0x04, value);
const bits = (value: Bytes, unused: number) => der(0x03, [unused], value);
const utcTime = (time: Date) =>
  der(0x17, Buffer.from(`${time.toISOString().slice(2, 19).replace(/\D/g, "")}Z`));
const commonName = (name: string) =>
  sequence(der(0x31, sequence(oid(OID.commonName), der(0x0c, Buffer.from(name)))));
const extension = (id: Bytes, value: Bytes, isCritical = false) =>
  sequence(oid(id), isCritical ? der(0x01, [0xff]) : [], octets(value));
