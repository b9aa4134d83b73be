import { existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const HOW_TO_GET_BUILDAH = "as root, after: apt-get install --no-install-recommends buildah";

/** A suite that builds images. Without buildah or root it is skipped, or fails in CI. */
export function describeWithBuildah(name: string, suite: () => void): void {
  if (existsSync("/usr/bin/buildah") && process.getuid?.() === 0) {
    describe(name, suite);
    return;
  }
  it(`${name}: runs ${HOW_TO_GET_BUILDAH}`, ({ skip }) => {
    skip((process.env.CI ?? "") === "");
    expect.fail(`CI must run this suite: ${HOW_TO_GET_BUILDAH}`);
  });
}

/** An environment in which there is no docker, and buildah keeps its images in the folder. */
export function onlyBuildah(folder: string): Record<string, string> {
  const at = (name: string) => join(folder, name);
  const [storage, containers, programs] = [at("storage.conf"), at("containers.conf"), at("bin")];
  mkdirSync(programs, { recursive: true });
  // Buildah looks for this program even if a build has no use for a network.
  symlinkSync("/bin/true", join(programs, "netavark"));
  writeFileSync(
    storage,
    `[storage]\ndriver = "vfs"\ngraphroot = "${at("images")}"\nrunroot = "${at("run")}"\n`,
  );
  writeFileSync(containers, `[engine]\nhelper_binaries_dir = ["${programs}"]\n`);
  return {
    DOCKER_HOST: "unix:///nowhere",
    BUILDAH_ISOLATION: "chroot",
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_CONF: containers,
  };
}
