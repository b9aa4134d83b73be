import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** Another implementation of DynamoDB, which the tests can run against. It is fetched on demand, and never shipped. */
export interface Oracle {
  /** Its package on npm. */
  readonly name: string;
  readonly version: string;
  /** Of the package's tarball. */
  readonly sha512: string;
  /** The program and its arguments. @param folder of the package's files */
  command(folder: string, port: number): readonly [string, ...string[]];
}

export const ORACLES: Readonly<Record<string, Oracle>> = {
  /**
   * AWS's own DynamoDB Local. Its licence allows internal use. It differs from DynamoDB in what a transaction costs, and stops
   * deleting what has expired at an item that lacks the key of an index.
   */
  java: {
    name: "amplify-dynamodb-simulator",
    version: "2.9.30",
    sha512: "xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==",
    command: (folder, port) => [
      "java",
      "-Xmx256m",
      "-XX:TieredStopAtLevel=1", // starts sooner
      `-Djava.library.path=${folder}/emulator/DynamoDBLocal_lib`,
      "-jar",
      `${folder}/emulator/DynamoDBLocal.jar`,
      "-inMemory",
      "-sharedDb",
      "-port",
      `${port}`,
    ],
  },
  dynoxide: {
    name: "@dynoxide/linux-x64",
    version: "1.2.1",
    sha512: "sBHqlxJ9ANkLluFkYRfd5r8Y0ApFew4FhOrlhgRAgD4XzEoFOukEo1nuBTQ1+jTtofqwn4NWQ2k0Tn5mNTjgUg==",
    command: (folder, port) => [`${folder}/dynoxide`, "--port", `${port}`],
  },
};

/** Where the files of an oracle's package are. */
export function folderOf({ name, version }: Oracle): string {
  const cache = fileURLToPath(new URL("../../../../node_modules/.cache/oracles/", import.meta.url));
  return join(cache, `${name.replaceAll("/", "+")}-${version}`, "package");
}

export interface RunningOracle {
  readonly endpoint: string;
  stop(): void;
}

/** How long a JVM may take to start on a busy machine. */
const START_MS = 60_000;

/**
 * Starts an oracle in a process of its own, with nothing stored. It ends with this process.
 * @throws when there is no such oracle, or it was not fetched
 */
export async function startOracle(key: string): Promise<RunningOracle> {
  const oracle = ORACLES[key];
  if (oracle === undefined)
    throw new Error(`ORACLE is one of ${Object.keys(ORACLES).join(", ")}, not ${key}`);
  const folder = folderOf(oracle);
  if (!existsSync(folder)) throw new Error(`download it first: npx -y pnpm@12 oracles ${key}`);
  const port = await freePort();
  const [program, ...args] = oracle.command(folder, port);
  const child = spawn(program, args, { cwd: folder, stdio: "ignore" });
  const kill = () => child.kill("SIGKILL");
  const ended = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", () => reject(new Error(`${program} ended before it answered`)));
  });
  ended.catch(() => {});
  process.once("exit", kill);
  const endpoint = `http://127.0.0.1:${port}`;
  await Promise.race([ended, untilItAnswers(endpoint)]);
  return {
    endpoint,
    stop() {
      process.off("exit", kill);
      kill();
    },
  };
}

async function untilItAnswers(endpoint: string): Promise<void> {
  const deadline = AbortSignal.timeout(START_MS);
  for (;;) {
    const answers = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answers) return;
    await sleep(50, undefined, { signal: deadline });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const bound = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (bound === null || typeof bound === "string") throw new Error("not listening on a port");
  return bound.port;
}
