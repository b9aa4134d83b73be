import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A folder of vectors, with its repository, commit and upstream file names. */
interface Origin {
  readonly folder: string;
  readonly repository: string;
  readonly commit: string;
  readonly upstream: (name: string) => string;
}

const ORIGINS: readonly Origin[] = [
  {
    folder: "wycheproof",
    repository: "C2SP/wycheproof",
    commit: "dac1dd47",
    upstream: (name) => `testvectors_v1/${name}`,
  },
  {
    folder: "jose-cookbook",
    repository: "ietf-jose/cookbook",
    commit: "13692b68",
    // `jws_4_1.rsa_v15_signature.json` lies in a folder there.
    upstream: (name) => name.replace(/^(jwk|jws|jwe|rfc7797)_/, "$1/"),
  },
  {
    folder: "json-test-suite",
    repository: "nst/JSONTestSuite",
    commit: "1ef36fa0",
    upstream: (name) => name,
  },
  {
    folder: "json-schema-format",
    repository: "json-schema-org/JSON-Schema-Test-Suite",
    commit: "44401e0c",
    upstream: (name) => `tests/draft2020-12/optional/format/${name}`,
  },
  {
    folder: "idna",
    repository: "ada-url/idna",
    commit: "ddc4c1e3",
    upstream: (name) => `tests/fixtures/${name}`,
  },
];

const GITHUB = "https://raw.githubusercontent.com";

const CHECKSUMS = join(import.meta.dirname, "checksums.txt");

/** Reads the output of `sha256sum`: the checksum and the path of each file. */
export function pinnedFiles(): { sha256: string; path: string }[] {
  const lines = readFileSync(CHECKSUMS, "utf8").trim().split("\n");
  return lines.map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }));
}

/**
 * Downloads one file and stores it if its content has the pinned checksum.
 * @throws when it does not, or when the file is unavailable. Nothing is stored then
 */
export async function download(
  { sha256, path }: { sha256: string; path: string },
  { folder, base = GITHUB }: { folder: string; base?: string },
): Promise<void> {
  const origin = ORIGINS.find((candidate) => path.startsWith(`${candidate.folder}/`));
  if (origin === undefined) throw new Error(`${path}: unknown origin`);
  const upstream = origin.upstream(path.slice(origin.folder.length + 1));
  const url = [base, origin.repository, origin.commit, ...upstream.split("/").map(encodeURIComponent)].join(
    "/",
  );
  const response = await fetch(url).catch((cause: unknown) => {
    throw new Error(`${path}: ${url} is unreachable`, { cause });
  });
  if (!response.ok) throw new Error(`${path}: ${url} answered ${response.status}`);
  const bytes = Buffer.from(await response.arrayBuffer());
  if (createHash("sha256").update(bytes).digest("hex") !== sha256) {
    throw new Error(`${path}: ${url} is not the file that was pinned`);
  }
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(`${target}.part`, bytes);
  renameSync(`${target}.part`, target);
}
