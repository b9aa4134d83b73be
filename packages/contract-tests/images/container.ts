import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import type { Image } from "./buildah.ts";

/** Prepares what a container runtime would, and then starts the command as process 1 of its own namespace. */
const START = `set -e
root=$1 wd=$2 user=$3; shift 3
mount --bind "$root" "$root"
mount --bind /dev/null "$root/dev/null"
mount --options remount,bind,ro "$root"
exec setpriv --no-new-privs unshare --pid --fork --root="$root" --wd="$wd" --mount-proc \
  --setgid="\${user#*:}" --setuid="\${user%:*}" "$@"`;

export interface Container {
  /** What it has printed so far. */
  output(): string;
  /** The exit status, once it has ended by itself. */
  readonly ended: Promise<number | null>;
  /** Runs another command in it, as the same user. @throws when the command fails */
  exec(command: readonly string[], env?: Record<string, string>): Promise<string>;
  /** Fields of `/proc/<pid>/status`, as the kernel sees the process. */
  status(): ReadonlyMap<string, string>;
  signal(name: NodeJS.Signals): void;
  /** Ends it by force, if it has not ended. */
  remove(): Promise<void>;
}

/** Runs an image as `docker run --read-only --cap-drop=ALL --security-opt=no-new-privileges` would. */
export function runContainer(
  { config, root }: Image,
  env: Record<string, string>,
  args?: string[],
): Container {
  const command = [...config.Entrypoint, ...(args ?? config.Cmd ?? [])];
  const image = Object.fromEntries(config.Env.map((entry) => entry.split(/=(.*)/s, 2)));
  const options = { env: { ...image, ...env } };
  const start = ["--mount", "sh", "-c", START, "sh", root, config.WorkingDir, config.User, ...command];
  const child = spawn("/usr/bin/unshare", start, {
    ...options,
    env: { ...options.env, PATH: `${process.env.PATH}:${options.env.PATH}` },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const closed = once(child, "close");
  const first = (): string => {
    const [pid] = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim().split(" ");
    if (!pid) throw new Error(`the container does not run: ${output}`);
    return pid;
  };
  const [uid = "", gid = ""] = config.User.split(":");
  const inside = ["--mount", "--pid", "--root", "--wd", "--setuid", uid, "--setgid", gid];
  return {
    output: () => output,
    ended: closed.then(([status]) => status),
    async exec(command, env = {}) {
      const entered = ["--target", first(), ...inside, "--", ...command];
      return (
        await promisify(execFile)("/usr/bin/nsenter", entered, {
          env: { ...options.env, ...env },
        })
      ).stdout;
    },
    status() {
      const lines = readFileSync(`/proc/${first()}/status`, "utf8").split("\n");
      return new Map(lines.map((line) => [line.split(":", 1)[0] ?? "", line.replace(/^\w+:\s*/, "")]));
    },
    signal: (name) => void process.kill(Number(first()), name),
    async remove() {
      if (child.exitCode === null && child.signalCode === null) process.kill(Number(first()), "SIGKILL");
      await closed;
    },
  };
}
