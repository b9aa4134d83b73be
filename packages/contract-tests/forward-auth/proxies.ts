import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { freePorts } from "../platform/free-ports.ts";

export type ProxyName = "nginx" | "caddy" | "haproxy";

/** A proxy program of this machine, which runs a shipped configuration. */
export interface Program {
  readonly name: ProxyName;
  readonly path: string;
  readonly debianPackage: string;
  /** The shipped files. The first is the configuration. */
  readonly files: readonly [string, ...string[]];
  /** Runs in the foreground. */
  readonly command: (configuration: string, folder: string) => readonly string[];
  /** What stands for no requirement in the configuration, and what replaces it. */
  readonly requirement: readonly [none: string, some: (query: string) => string];
}

/** A running proxy. */
export interface RunningProxy {
  readonly name: ProxyName;
  readonly port: number;
  stop(): Promise<void>;
}

export interface Behind {
  readonly platformPort: number;
  readonly servicePort: number;
  /** A query such as `organizationId=acme&role=admin`. */
  readonly requirement?: string;
}

const DEPLOY = fileURLToPath(new URL("../../../deploy/", import.meta.url));
const START_MS = 20_000;
const isRoot = process.getuid?.() === 0;

export const PROGRAMS: readonly Program[] = [
  {
    name: "nginx",
    path: "/usr/sbin/nginx",
    debianPackage: "nginx-light",
    files: ["nginx.conf"],
    command: (configuration, folder) => [
      ...["-p", folder, "-c", configuration, "-e", "stderr"],
      ...["-g", `daemon off; pid ${folder}/pid;${isRoot ? " user root;" : ""}`],
    ],
    requirement: ['set $requirement "";', (query) => `set $requirement "${query}";`],
  },
  {
    name: "caddy",
    path: "/usr/bin/caddy",
    debianPackage: "caddy",
    files: ["Caddyfile"],
    command: (configuration) => ["run", "--adapter", "caddyfile", "--config", configuration],
    requirement: ["uri /forward-auth?\n", (query) => `uri /forward-auth?${query}\n`],
  },
  {
    name: "haproxy",
    path: "/usr/sbin/haproxy",
    debianPackage: "haproxy",
    files: ["haproxy.cfg", "forward-auth.lua"],
    command: (configuration) => ["-db", "-f", configuration],
    requirement: ["(txn.requirement) str()", (query) => `(txn.requirement) str(${query})`],
  },
];

export const isInstalled = ({ path }: Program): boolean => existsSync(path);

/**
 * Starts the proxy with its shipped configuration, in which only addresses and paths are replaced. It tries again if
 * another process was given the free port meanwhile.
 */
export async function startProxy(program: Program, behind: Behind, attempts = 3): Promise<RunningProxy> {
  try {
    return await startOnce(program, behind);
  } catch (error) {
    if (attempts === 1) throw error;
    return startProxy(program, behind, attempts - 1);
  }
}

async function startOnce(program: Program, behind: Behind): Promise<RunningProxy> {
  const { name, path, files, command } = program;
  const folder = mkdtempSync(join(tmpdir(), `forward-auth-${name}-`));
  const [port = 0] = await freePorts(1);
  for (const [index, file] of files.entries()) {
    const shipped = readFileSync(join(DEPLOY, name, file), "utf8");
    const text = index === 0 ? configured(shipped, program, { ...behind, port, folder }) : shipped;
    writeFileSync(join(folder, file), text);
  }
  const child = spawn(path, command(join(folder, files[0]), folder), {
    env: { ...process.env, HOME: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async () => {
    if (!hasEnded(child) && child.kill("SIGTERM")) await once(child, "exit");
    rmSync(folder, { recursive: true });
  };
  try {
    await untilListening(port, child);
  } catch (error) {
    await stop();
    throw error;
  }
  return { name, port, stop };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

function configured(
  shipped: string,
  { requirement: [none, some] }: Program,
  { platformPort, servicePort, requirement, port, folder }: Behind & { port: number; folder: string },
): string {
  const replaced: [from: string, to: string][] = [
    [":4000", `:${platformPort}`],
    [":8080", `:${port}`],
    [":8081", `:${servicePort}`],
    ...(requirement === undefined ? [] : [[none, some(requirement)] satisfies [string, string]]),
  ];
  for (const [from] of replaced) if (!shipped.includes(from)) throw new Error(`there is no ${from}`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path tmp;`,
  );
  return replaced
    .reduce((text, [from, to]) => text.replaceAll(from, to), shipped)
    .replace("/etc/haproxy/", `${folder}/`)
    .replace("\nhttp {", `\nhttp { ${temporary.join(" ")}`);
}

export async function untilListening(port: number, child: ChildProcess): Promise<void> {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text) => {
      output += text;
    });
  }
  const deadline = Date.now() + START_MS;
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    if (hasEnded(child) || Date.now() > deadline) throw new Error(`the proxy does not listen: ${output}`);
    await sleep(20);
  }
}
