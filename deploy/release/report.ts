import { IMAGES, imageBuild, imagePush } from "./images.ts";
import { PACKAGES, publishArguments, tarballsOf } from "./packages.ts";
import { outputOf, type Plan } from "./plan.ts";

/** What a release would do. */
export function describePlan(plan: Plan): string {
  const { version, tag, edits, unknownQuotes, imageTool, notes } = plan;
  const unknown = ["These lines may quote the present version too, and stay as they are:", ...unknownQuotes];
  return lines(
    `Version ${version} would:`,
    "- run lint and typecheck (the tests are CI's job: see that CI passed for this commit)",
    `- change and commit ${[...edits.keys()].join(", ")}`,
    `- build, write the SBOM, and pack ${PACKAGES.map(({ folder }) => folder).join(" and ")} into ${outputOf(plan)}`,
    ...(imageTool === null
      ? ["- build no images (--without-images)"]
      : IMAGES.map((image) => `- ${imageTool} ${imageBuild(imageTool, image, version).join(" ")}`)),
    `- try pnpm publish --dry-run, and tag ${tag} with these notes:`,
    "",
    notes,
    "",
    ...(unknownQuotes.length === 0 ? [] : [...unknown, ""]),
    "Nothing was changed.",
  );
}

/** What remains to be done by hand. */
export function describeRest(plan: Plan): string {
  const { version, tag, branch, imageTool } = plan;
  const pushes = IMAGES.flatMap((image) => (imageTool === null ? [] : imagePush(imageTool, image, version)));
  const builds = IMAGES.map((image) => `docker ${imageBuild("docker", image, version).join(" ")}`);
  return lines(
    `${tag} is committed and tagged. Nothing was pushed or published. The tests are CI's job: wait for them after the push.`,
    `git push --follow-tags origin ${branch}`,
    ...tarballsOf(version).map(
      (tarball) => `npx -y pnpm@12 ${publishArguments(`${outputOf(plan)}/${tarball}`, plan).join(" ")}`,
    ),
    ...pushes,
    ...(imageTool === null ? ["The images were not built. From a checkout of the tag:", ...builds] : []),
  );
}

function lines(...texts: readonly string[]): string {
  return `${texts.join("\n")}\n`;
}
