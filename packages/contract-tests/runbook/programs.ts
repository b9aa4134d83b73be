import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { delimiter, join } from "node:path";
import { listen } from "../simulator/free-ports.ts";

/** How a shell has called a program. */
export interface Call {
  readonly args: readonly string[];
  readonly input: string;
  /** Of the shell; empty where it is not set. */
  readonly table: string;
}

export interface Called {
  readonly status: number;
  readonly out: string;
  readonly err?: string;
  /** Both, as they were written. */
  readonly both?: string;
}

/** A program that is a function of the tests: it starts at once, and works on their stack. */
export type Program = (call: Call) => Promise<Called>;

export interface Programs {
  /** The `PATH` of a shell that has them. */
  readonly path: string;
  close(): void;
}

/** Passes its arguments and its input on, and says what the function says. */
const script = (name: string, port: number) => `#!/bin/sh
set -e
call=$(mktemp -d)
trap 'rm -r "$call"' EXIT
cat > "$call/input"
printf '%s\\0' "$@" > "$call/args"
printf %s "$DYNAMODB_TABLE" > "$call/table"
curl -sS --fail "http://127.0.0.1:${port}/${name}?$call"
if [ /dev/fd/1 -ef /dev/fd/2 ]; then
  cat "$call/both"
else
  cat "$call/err" >&2
  cat "$call/out"
fi
exit "$(cat "$call/status")"
`;

async function called(program: Program | undefined, call: Call): Promise<Called> {
  if (program === undefined) return { status: 127, out: "" };
  return program(call).catch((error: unknown) => {
    return { status: 99, out: "", err: `${error instanceof Error ? error.stack : String(error)}\n` };
  });
}

/** @param folder for the programs, which are found before others of their names */
export async function startPrograms(
  folder: string,
  programs: Readonly<Record<string, Program>>,
): Promise<Programs> {
  const server = createServer(async ({ url = "" }, response) => {
    const [name = "", call = ""] = url.slice(1).split("?");
    const read = (file: string) => readFileSync(join(call, file), "utf8");
    const args = read("args").split("\0").slice(0, -1);
    const asked = { args, input: read("input"), table: read("table") };
    const { status, out, err = "", both = err + out } = await called(programs[name], asked);
    for (const [file, text] of Object.entries({ status: `${status}`, out, err, both }))
      writeFileSync(join(call, file), text);
    response.end();
  });
  const port = await listen(server);
  mkdirSync(folder);
  for (const name of Object.keys(programs)) {
    writeFileSync(join(folder, name), script(name, port));
    chmodSync(join(folder, name), 0o755);
  }
  return {
    path: [folder, process.env.PATH].join(delimiter),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
