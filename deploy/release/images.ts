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
