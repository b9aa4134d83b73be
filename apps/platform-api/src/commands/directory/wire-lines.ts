import { readWireSource } from "@platform-api/clj-client/contract";

const FILE = "packages/clj-client/src/wire.ts";

/** `file:line` of the first line with `text`; the file alone if a change of the file has removed it. */
function lineWith(text: string | RegExp): string {
  const lines = readWireSource().split("\n");
  const at = lines.findIndex((line) => (typeof text === "string" ? line.includes(text) : text.test(line)));
  return at < 0 ? FILE : `${FILE}:${at + 1}`;
}

/** Where `wire.ts` says what the check compares with. */
export const wireLine = {
  field: (name: string) => lineWith(new RegExp(`\\b${name.replaceAll(/\W/g, "\\$&")}: *z\\b`)),
  record: () => lineWith("const userFields"),
  foundUser: () => lineWith("const directoryUser ="),
  absentStatus: () => lineWith("ABSENT_STATUS ="),
  statuses: (statuses: readonly number[]) => lineWith(`statuses: [${statuses.join(", ")}]`),
  /** The last part of a path is a parameter in `wire.ts`. */
  path: (path: string) => lineWith(path.slice(0, path.lastIndexOf("/") + 1)),
};
