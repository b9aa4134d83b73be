import { execFile } from "node:child_process";
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { Environment } from "@platform-api/platform-api";
import { shippedSite } from "../deploy/site.ts";
import { NGINX_FOLDERS, type RunningProgram, startProgram } from "../pages/programs.ts";

const NGINX = "/usr/sbin/nginx";
const LINES_MS = 120_000;

/** One machine, with a folder of its own: platform-api's file and environment, nginx, and units. */
export interface OneMachine {
  /** Of nginx. */
  readonly url: string;
  /** The file that new processes run. */
  readonly file: string;
  /** Runs lines of the page as a script that ends at the first error. @returns what they printed @throws with it */
  run(lines: string, settings?: Environment): Promise<string>;
  /** What the processes on a port have logged, of all that ran there. */
  log(port: number): readonly Record<string, unknown>[];
  /** Starts nginx, which by then has a list of servers. */
  startNginx(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `systemctl` for one unit, as systemd treats it: `platform-api@<port>` runs the file with the environment, is stopped
 * by SIGTERM, and has failed if it does not exit with 0.
 */
const SYSTEMCTL = `#!/usr/bin/env bash
set -euo pipefail
cd "$PLATFORM_HOME/run"
port=\${*: -1}
port=\${port#platform-api@}
start() {
  rm -f "$port.pid" "$port.exit"
  (
    status=0
    PORT=$port ../bin/node --env-file=../etc/platform-api.env ../bin/platform-api.js serve >> "$port.log" 2>&1 &
    echo $! > "$port.pid.new"
    mv "$port.pid.new" "$port.pid"
    wait $! || status=$?
    echo "$status" > "$port.exit"
  ) > /dev/null 2>&1 < /dev/null &
  until [ -e "$port.pid" ]; do sleep 0.01; done
}
stop() {
  kill -TERM "$(cat "$port.pid")"
  until [ -s "$port.exit" ]; do sleep 0.05; done
  rm "$port.pid"
  return "$(cat "$port.exit")"
}
case "$*" in
  "start platform-api@$port") start ;;
  "stop platform-api@$port") stop ;;
  "restart platform-api@$port") stop; start ;;
  *) echo "systemctl $*: unknown" >&2; exit 2 ;;
esac
`;

const nginxConfiguration = (folder: string) => `
${process.getuid?.() === 0 ? "user root;" : ""}
pid ${folder}/nginx.pid;
error_log stderr;
worker_processes 2;
events {}
http {
  ${NGINX_FOLDERS}
  include site.conf;
}
`;

/**
 * @param ports of the shipped site: the frontend, platform-api and agentic-backend
 * @param file the built file that the machine begins with
 */
export function prepareMachine(
  ports: readonly [number, number, number],
  file: string,
  environment: Environment,
): OneMachine {
  const [, port] = ports;
  const folder = mkdtempSync(join(tmpdir(), "upgrade-machine-"));
  const configuration = join(folder, "nginx.conf");
  for (const name of ["bin", "etc", "programs", "run"]) mkdirSync(join(folder, name));
  const running = join(folder, "bin/platform-api.js");
  cpSync(file, running);
  symlinkSync(process.execPath, join(folder, "bin/node"));
  const variables = Object.entries(environment).filter(([name]) => name !== "PORT");
  writeFileSync(
    join(folder, "etc/platform-api.env"),
    variables.map(([name, value = ""]) => `${name}=${value}\n`).join(""),
  );
  writeFileSync(configuration, nginxConfiguration(folder));
  writeFileSync(join(folder, "site.conf"), shippedSite(folder, ports));
  writeProgram(join(folder, "programs/systemctl"), SYSTEMCTL);
  writeProgram(join(folder, "programs/nginx"), `#!/bin/sh\nexec ${NGINX} -p ${folder} -e stderr "$@"\n`);
  const path = [join(folder, "programs"), process.env.PATH].join(delimiter);
  const places = {
    PLATFORM_HOME: folder,
    SERVERS: join(folder, "platform-api-servers.conf"),
    NGINX_CONF: configuration,
    NGINX_PID: join(folder, "nginx.pid"),
  };
  const { NODE_COMPILE_CACHE } = process.env;
  const env = { PATH: path, HOME: folder, NODE_COMPILE_CACHE, ...places };
  let nginx: RunningProgram | undefined;
  return {
    url: `http://127.0.0.1:${port}`,
    file: running,
    run: (lines, settings = {}) => runLines(lines, { cwd: folder, env: { ...env, ...settings } }),
    log: (of) =>
      readFileSync(join(folder, `run/${of}.log`), "utf8")
        .split("\n")
        .slice(0, -1)
        .map((line) => JSON.parse(line)),
    async startNginx() {
      const program = join(folder, "programs/nginx");
      nginx = await startProgram([program, "-c", configuration, "-g", "daemon off;"], [port]);
    },
    async close() {
      await nginx?.stop();
      for (const name of readdirSync(join(folder, "run")).filter((each) => each.endsWith(".pid")))
        kill(Number(readFileSync(join(folder, "run", name), "utf8")));
      rmSync(folder, { recursive: true, maxRetries: 5 });
    },
  };
}

function writeProgram(path: string, text: string): void {
  writeFileSync(path, text);
  chmodSync(path, 0o755);
}

async function runLines(lines: string, options: { cwd: string; env: Environment }): Promise<string> {
  const running = promisify(execFile)("bash", ["-euo", "pipefail", "-c", lines], {
    ...options,
    timeout: LINES_MS,
  });
  return running.then(
    ({ stdout, stderr }) => stdout + stderr,
    (error: Error & { stdout?: string; stderr?: string }) => {
      throw new Error(`${error.message}\n${error.stdout}${error.stderr}`);
    },
  );
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
