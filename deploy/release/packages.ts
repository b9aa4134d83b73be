import { join } from "node:path";
import type { Commands } from "./command.ts";
import type { Plan } from "./plan.ts";

/** The packages that others install: their folders, and what their tarballs are called before the version. */
export const PACKAGES = [
  { folder: "packages/client", tarball: "platform-api-client" },
  { folder: "packages/clj-client", tarball: "platform-api-clj-client" },
] as const;

export const tarballsOf = (version: string): readonly string[] =>
  PACKAGES.map(({ tarball }) => `${tarball}-${version}.tgz`);

/** Builds and packs a package. @throws what publint finds wrong with its tarball */
export async function pack(
  { pnpm }: Commands,
  { folder, tarball }: (typeof PACKAGES)[number],
  destination: string,
  version: string,
): Promise<void> {
  await pnpm("--filter", `./${folder}`, "pack", "--pack-destination", destination);
  const file = join(destination, `${tarball}-${version}.tgz`);
  await pnpm("--filter", "./packages/contract-tests", "exec", "publint", file, "--strict");
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
