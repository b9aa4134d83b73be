import { expect, it } from "vitest";
import { imageBuild, imagePush } from "./images.ts";

it.each([
  [
    "docker",
    "build --pull --target frontend --tag frontend:0.2.0 --build-arg REVISION=v0.2.0 .",
    ["docker tag frontend:0.2.0 <registry>/frontend:0.2.0", "docker push <registry>/frontend:0.2.0"],
  ],
  [
    "buildah",
    "build --format docker --pull --target frontend --tag frontend:0.2.0 --build-arg REVISION=v0.2.0 .",
    ["buildah push frontend:0.2.0 docker://<registry>/frontend:0.2.0"],
  ],
] as const)("%s builds and pushes an image", (tool, build, pushes) => {
  expect(imageBuild(tool, "frontend", "0.2.0").join(" ")).toBe(build);
  expect(imagePush(tool, "frontend", "0.2.0")).toEqual(pushes);
});
