import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileText } from "../pages/page.ts";
import { NGINX_FOLDERS, startProgram } from "../pages/programs.ts";
import { freePorts } from "../simulator/free-ports.ts";

export type ProxyName = "nginx" | "caddy" | "haproxy" | "apache";

/** A proxy program of this machine, which runs a shipped configuration. */
export interface Program {
  readonly name: ProxyName;
  readonly path: string;
  /** The shipped files. The first is the configuration. */
  readonly files: readonly [string, ...string[]];
  /** Runs in the foreground. */
  readonly command: (configuration: string, folder: string) => readonly string[];
  /** What stands for no requirement in the configuration, and what replaces it. */
  readonly requirement: readonly [none: string, some: (query: string) => string];
  /** The line that lets WebSockets through. It is a comment in the shipped configuration. */
  readonly webSockets: string;
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
  readonly webSockets?: boolean;
}

const isRoot = process.getuid?.() === 0;

export const PROGRAMS: readonly Program[] = [
  {
    name: "nginx",
    path: "/usr/sbin/nginx",
    files: ["nginx.conf"],
    command: (configuration, folder) => [
      "-p",
      folder,
      "-c",
      configuration,
      "-e",
      "stderr",
      "-g",
      `daemon off; pid ${folder}/pid;${isRoot ? " user root;" : ""}`,
    ],
    requirement: ['set $requirement "";', (query) => `set $requirement "${query}";`],
    webSockets: '"~*^websocket$" websocket;',
  },
  {
    name: "caddy",
    path: "/usr/bin/caddy",
    files: ["Caddyfile"],
    command: (configuration) => ["run", "--adapter", "caddyfile", "--config", configuration],
    requirement: ["uri /forward-auth?\n", (query) => `uri /forward-auth?${query}\n`],
    webSockets: "not header_regexp Upgrade (?i)^websocket$",
  },
  {
    name: "haproxy",
    path: "/usr/sbin/haproxy",
    files: ["haproxy.cfg", "forward-auth.lua"],
    command: (configuration) => ["-db", "-f", configuration],
    requirement: ["(txn.requirement) str()", (query) => `(txn.requirement) str(${query})`],
    webSockets: "acl websocket req.fhdr(Upgrade) -i websocket",
  },
  {
    name: "apache",
    path: "/usr/sbin/apache2",
    files: ["httpd.conf", "forward-auth.lua"],
    command: (configuration, folder) => [
      "-D",
      "FOREGROUND",
      "-f",
      configuration,
      "-c",
      `DefaultRuntimeDir ${folder}`,
      "-c",
      `PidFile ${folder}/pid`,
      "-c",
      `ErrorLog ${folder}/errors`,
    ],
    requirement: [
      'SetEnvIfExpr true "forward_auth=/forward-auth?"',
      (query) => `SetEnvIfExpr true "forward_auth=/forward-auth?${query}"`,
    ],
    webSockets: 'SetEnvIfExpr true "websockets=on"',
  },
];

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
  chmodSync(folder, 0o755); // the processes of Apache are not root's
  const [port = 0] = await freePorts(1);
  for (const [index, file] of files.entries()) {
    const shipped = fileText(`deploy/${name}/${file}`);
    const text = index === 0 ? configured(shipped, program, { ...behind, port, folder }) : shipped;
    writeFileSync(join(folder, file), text);
  }
  const remove = () => rmSync(folder, { recursive: true });
  const started = startProgram([path, ...command(join(folder, files[0]), folder)], [port], {
    env: { ...process.env, HOME: folder },
  });
  const running = await started.catch((error) => {
    remove();
    throw error;
  });
  return { name, port, stop: () => running.stop().finally(remove) };
}

function configured(
  shipped: string,
  { requirement: [none, some], webSockets: line }: Program,
  behind: Behind & { port: number; folder: string },
): string {
  const { platformPort, servicePort, requirement, webSockets, port, folder } = behind;
  const replaced: [from: string, to: string][] = [
    [":4000", `:${platformPort}`],
    [":8080", `:${port}`],
    [":8081", `:${servicePort}`],
    ...(requirement === undefined ? [] : [[none, some(requirement)] satisfies [string, string]]),
    ...(webSockets ? [[`# ${line}`, line] satisfies [string, string]] : []),
  ];
  for (const [from] of replaced) if (!shipped.includes(from)) throw new Error(`there is no ${from}`);
  return replaced
    .reduce((text, [from, to]) => text.replaceAll(from, () => to), shipped)
    .replace(/\/etc\/(haproxy|apache2)\/(?=forward-auth\.lua)/, `${folder}/`)
    .replace("\nhttp {", `\nhttp { ${NGINX_FOLDERS}`);
}
