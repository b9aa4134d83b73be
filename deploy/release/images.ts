import type { ImageTool } from "./plan.ts";

/** The targets of the Dockerfile. Each image has the name of its target. */
export const IMAGES = ["platform-api", "agentic-backend", "frontend"] as const;

/** In the format of Docker, because that of OCI has no health check. */
export function imageBuild(tool: ImageTool, image: string, version: string): string[] {
  const format = tool === "buildah" ? ["--format", "docker"] : [];
  const names = ["--target", image, "--tag", `${image}:${version}`, "--build-arg", `REVISION=v${version}`];
  return ["build", ...format, "--pull", ...names, "."];
}

export function imagePush(tool: ImageTool, image: string, version: string): string[] {
  const [local, remote] = [`${image}:${version}`, `<registry>/${image}:${version}`];
  return tool === "buildah"
    ? [`buildah push ${local} docker://${remote}`]
    : [`docker tag ${local} ${remote}`, `docker push ${remote}`];
}

/** What to do when an image cannot be built here, such as without a network for its base image. */
export function imagesLater(tool: ImageTool, { tag, version }: { tag: string; version: string }): string {
  const builds = IMAGES.map((image) => `${tool} ${imageBuild(tool, image, version).join(" ")}`);
  return [
    "The images were not built. If the base image cannot be downloaded here, run the same release with --without-images,",
    "and build them from the tag on a machine with a network:",
    ...[`git switch --detach ${tag}`, ...builds].map((line) => `  ${line}`),
  ].join("\n");
}
