import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Stryker } from "@stryker-mutator/core";
import { EXPLAINED } from "./explained.ts";
import { survivorsOf } from "./survivors.ts";

const SOURCE = "packages/server/src";
/** The files of the domain that decide who a user is and what they may access, and of what the domain believes. */
const DECIDING = [
  "login/address-trust",
  "login/discovery",
  "login/login",
  "identity/client-credentials",
  "identity/ended",
  "identity/first-link",
  "identity/first-login",
  "identity/identity-link",
  "identity/judged-login",
  "identity/link-decision",
  "identity/principal",
  "identity/relink-window",
  "identity/resolve-identity",
  "identity/seat",
  "identity/sign-out-everywhere",
  "identity/speakers",
  "identity/subject-link",
  "membership/access",
  "membership/belonging",
  "membership/ensure-membership",
  "membership/grant-membership",
  "membership/joinable",
  "membership/name-member",
  "membership/open-offer",
  "membership/user-standing",
  "membership",
  "membership/memberships",
  "revocation/facts",
  "revocation/reconcile",
  "revocation/record",
  "revocation/rule",
  "revocation/user-events",
  "person-name",
  "subject-key",
  "token/token-limits",
  "operators/allow",
  "members/members",
  "answer/introspection",
  "adapters/auth0/credential-check",
  "adapters/tokens/logout-token",
];

const names = process.argv.slice(2);
const unknown = names.filter((name) => !DECIDING.some((path) => basename(path) === name));
if (unknown.length > 0) {
  process.stderr.write(
    `${unknown.join(", ")}: expected one of ${DECIDING.map((path) => basename(path)).join(", ")}\n`,
  );
  process.exit(2);
}
const paths = DECIDING.filter((path) => names.length === 0 || names.includes(basename(path)));

process.chdir(fileURLToPath(new URL("../../..", import.meta.url)));
// Stryker changes a copy, so the working tree always stays as it is.
const tempDirName = await mkdtemp(join(tmpdir(), "mutants-"));
try {
  const mutants = await new Stryker({
    mutate: paths.map(
      (path) => `${SOURCE}/${/^(adapters|answer)\//.test(path) ? path : `domain/${path}`}.ts`,
    ),
    // A refusal without its message still refuses; the compiler rejects an object without its members.
    mutator: { excludedMutations: ["StringLiteral", "ObjectLiteral"] },
    testRunner: "vitest",
    plugins: [fileURLToPath(import.meta.resolve("@stryker-mutator/vitest-runner"))],
    vitest: { configFile: "packages/contract-tests/mutants/vitest.config.ts", dir: SOURCE },
    // It would be read by the JS API of TypeScript, which TypeScript 7 does not have; nothing here needs it.
    tsconfigFile: "none",
    ignorePatterns: ["apps", "docs", "packages/*/dist", ".data"],
    reporters: ["progress-append-only"],
    concurrency: 2,
    tempDirName,
  }).runMutationTest();
  const sources = new Map<string, string>();
  for (const { fileName } of mutants) sources.set(fileName, await readFile(fileName, "utf8"));
  const { tried, unexplained, unused } = survivorsOf(mutants, sources, EXPLAINED);
  for (const line of unexplained) process.stdout.write(`survived: ${line}\n`);
  for (const line of unused) process.stdout.write(`explained, but not there: ${line}\n`);
  process.stdout.write(`${tried} mutants, ${unexplained.length} survived unexplained\n`);
  if (unexplained.length + unused.length > 0) process.exitCode = 1;
} finally {
  await rm(tempDirName, { recursive: true, force: true });
}
