import { execFile } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { ROOT } from "../pages/page.ts";
import { buildOutputs } from "./build-outputs.ts";

const run = promisify(execFile);
const NODE = join(ROOT, "node_modules/node/bin/node");

const names = z.array(z.string());
const configShape = z.object({
  User: z.string(),
  ExposedPorts: z.record(z.string(), z.unknown()),
  Env: names,
  Entrypoint: names,
  Cmd: names.nullish(),
  WorkingDir: z.string(),
  Labels: z.record(z.string(), z.string()),
  Healthcheck: z.object({ Test: names }),
});

const inspectedShape = z.object({ Docker: z.object({ config: configShape }) });

/** What an image says about running it. */
export type ImageConfig = z.infer<typeof configShape>;

export interface Image {
  readonly config: ImageConfig;
  /** A container's root filesystem. */
  readonly root: string;
}

export interface ImageBuilder {
  build(target: string): Promise<Image>;
  /** The files of the build context, as `.dockerignore` lists them. */
  contextFiles(): Promise<string[]>;
  close(): void;
}

/**
 * Builds the targets of the Dockerfile with no network. In place of `node:24-slim` stands an image with nothing but
 * Node and its libraries, and in place of the stage `build` the files that it makes.
 */
export async function startImageBuilder(): Promise<ImageBuilder> {
  const folder = mkdtempSync(join(tmpdir(), "images-"));
  const at = (path: string) => join(folder, path);
  for (const name of ["programs", "empty", "base"]) mkdirSync(at(name));
  // buildah looks for the program that sets up networks, although no instruction here needs one.
  symlinkSync("/bin/true", at("programs/netavark"));
  writeFileSync(at("containers.conf"), `[engine]\nhelper_binaries_dir = ["${at("programs")}"]\n`);
  const storage = ["--root", at("images"), "--runroot", at("state"), "--storage-driver", "vfs"];
  const buildah = async (command: string, ...args: string[]): Promise<string> => {
    const env = { ...process.env, CONTAINERS_CONF: at("containers.conf") };
    return (await run("buildah", [...storage, command, ...args], { env })).stdout.trim();
  };
  const offline = ["--isolation", "chroot", "--format", "docker", "--pull=never", "--quiet"];
  const close = () => rmSync(folder, { recursive: true });

  try {
    await writeBase(at("base"));
    await buildah("build", ...offline, "--tag", "base", at("base"));
    await buildOutputs(at("outputs"));
  } catch (error) {
    close();
    throw error;
  }
  const contexts = {
    "node:24-slim": "container-image://localhost/base",
    build: at("outputs"),
  };
  const replaced = Object.entries(contexts).flatMap(([name, by]) => ["--build-context", `${name}=${by}`]);

  const mount = async (image: string) => buildah("mount", await buildah("from", "--pull=never", image));

  async function build(target: string): Promise<Image> {
    const file = ["--file", join(ROOT, "Dockerfile"), "--target", target, "--tag", target];
    const revision = ["--build-arg", "REVISION=4f1c2d3"];
    await buildah("build", ...offline, ...file, ...revision, ...replaced, at("empty"));
    const json = await buildah("inspect", "--type", "image", target);
    const { config } = inspectedShape.parse(JSON.parse(json)).Docker;
    return { config, root: await mount(target) };
  }

  async function contextFiles(): Promise<string[]> {
    writeFileSync(at("Dockerfile"), "FROM scratch\nCOPY . /context/\n");
    const ignored = ["--ignorefile", join(ROOT, ".dockerignore")];
    await buildah("build", ...offline, "--file", at("Dockerfile"), ...ignored, "--tag", "context", ROOT);
    const root = join(await mount("context"), "context");
    const entries = readdirSync(root, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => !entry.isDirectory());
    return files.map(({ parentPath, name }) => relative(root, join(parentPath, name)));
  }
  return { build, contextFiles, close };
}

/** No shell, no package manager, and the entry point that `node:24-slim` has. */
async function writeBase(folder: string): Promise<void> {
  const { stdout } = await run("ldd", [NODE]);
  const libraries = stdout.match(/(?<=\s)\/\S+/g) ?? [];
  for (const [from, to] of [[NODE, "/usr/local/bin/node"], ...libraries.map((path) => [path, path])]) {
    if (from === undefined || to === undefined) continue;
    mkdirSync(join(folder, dirname(to)), { recursive: true });
    copyFileSync(from, join(folder, to));
  }
  for (const mountPoint of ["proc", "dev", "tmp"]) mkdirSync(join(folder, mountPoint));
  writeFileSync(join(folder, "dev/null"), "");
  writeFileSync(
    join(folder, "Dockerfile"),
    'FROM scratch\nCOPY . /\nENV PATH=/usr/local/bin\nENTRYPOINT ["docker-entrypoint.sh"]\nCMD ["node"]\n',
  );
}
