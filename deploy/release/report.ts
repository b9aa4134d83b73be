import { IMAGES, imageBuild, imagePush } from "./images.ts";
import { PACKAGES, publishArguments } from "./packages.ts";
import type { Plan } from "./plan.ts";

/** What a release would do. */
export function describePlan(plan: Plan, output: string): string {
  const { version, tag, edits, unknownQuotes, imageTool, notes } = plan;
  const unknown = ["These lines may quote the present version too, and stay as they are:", ...unknownQuotes];
  return lines(
    `Version ${version} would:`,
    "- run lint and typecheck (the tests are CI's job: see that CI passed for this commit)",
    `- change ${[...edits.keys()].join(", ")}`,
    `- check the lockfile, build, write the SBOM, and pack ${PACKAGES.map(({ folder }) => folder).join(" and ")} into ${output}`,
    ...(imageTool === null
      ? ["- build no images (--without-images)"]
      : IMAGES.map((image) => `- ${imageTool} ${imageBuild(imageTool, image, version).join(" ")}`)),
    `- commit, try pnpm publish --dry-run, and tag ${tag} with these notes:`,
    "",
    notes,
    "",
    ...(unknownQuotes.length === 0 ? [] : [...unknown, ""]),
    "Nothing was changed.",
  );
}

/** What remains to be done by hand. */
export function describeRest(plan: Plan, tarballs: readonly string[]): string {
  const { version, tag, branch, imageTool } = plan;
  const pushes = IMAGES.flatMap((image) => (imageTool === null ? [] : imagePush(imageTool, image, version)));
  const builds = IMAGES.map((image) => `docker ${imageBuild("docker", image, version).join(" ")}`);
  return lines(
    `${tag} is committed and tagged. Nothing was pushed or published. The tests are CI's job: wait for them after the push.`,
    `git push --follow-tags origin ${branch}`,
    ...tarballs.map((file) => `npx -y pnpm@12 ${publishArguments(file, plan).join(" ")}`),
    ...pushes,
    ...(imageTool === null ? ["The images were not built. From a checkout of the tag:", ...builds] : []),
  );
}

function lines(...texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
