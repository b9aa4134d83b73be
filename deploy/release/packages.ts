import { join } from "node:path";
import type { Commands } from "./command.ts";
import { contentProblems, type PackedManifest } from "./package-content.ts";
import type { Plan } from "./plan.ts";

/** The packages that others install: their folders, and what their tarballs are called before the version. */
export const PACKAGES = [
  { folder: "packages/client", tarball: "platform-api-client" },
  { folder: "packages/clj-client", tarball: "platform-api-clj-client" },
] as const;

/** A tarball that was packed as for publishing, and looked into. */
export interface Tarball {
  readonly file: string;
  readonly summary: string;
}

/** Builds and packs a package. @throws what is wrong with its files */
export async function pack(
  { run, pnpm }: Commands,
  { folder, tarball }: (typeof PACKAGES)[number],
  destination: string,
  version: string,
): Promise<Tarball> {
  await pnpm("--filter", `./${folder}`, "pack", "--pack-destination", destination);
  const file = join(destination, `${tarball}-${version}.tgz`);
  const manifest: PackedManifest = JSON.parse(await run("tar", "-xzOf", file, "package/package.json"));
  const files = (await run("tar", "-tzf", file)).trim().split("\n");
  const paths = files.map((path) => path.replace(/^package\//, ""));
  const problems = contentProblems(manifest, paths, version);
  if (problems.length > 0)
    throw new Error(`The tarball of ${manifest.name} is wrong:\n${problems.join("\n")}`);
  return { file, summary: `${manifest.name}@${manifest.version}: ${paths.join(", ")}` };
}

/** Arguments of pnpm that publish a tarball, from its branch and under its tag of the registry. */
export function publishArguments(tarball: string, plan: Pick<Plan, "branch" | "isPrerelease">): string[] {
  const isHotfix = plan.branch !== "main";
  return [
    "publish",
    tarball,
    // A fix of an older version must not become `latest`.
    ...(isHotfix ? ["--publish-branch", plan.branch, "--tag", plan.branch.replace("/", "-")] : []),
    ...(plan.isPrerelease && !isHotfix ? ["--tag", "next"] : []),
  ];
}
