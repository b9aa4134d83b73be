import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** An environment in which there is no docker, and buildah keeps its images in the folder and asks for one once. */
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
  writeFileSync(containers, `[engine]\nhelper_binaries_dir = ["${programs}"]\nretry = 0\n`);
  return {
    DOCKER_HOST: "unix:///nowhere",
    BUILDAH_ISOLATION: "chroot",
    CONTAINERS_STORAGE_CONF: storage,
    CONTAINERS_CONF: containers,
  };
}
