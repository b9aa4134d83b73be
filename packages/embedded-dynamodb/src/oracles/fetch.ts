/** Downloads oracles with npm into node_modules/.cache/oracles: pnpm oracles [java] [dynoxide], by default both. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { folderOf, ORACLES } from "./oracle.ts";

const wanted = process.argv.slice(2);
for (const key of wanted.length > 0 ? wanted : Object.keys(ORACLES)) {
  const oracle = ORACLES[key];
  if (oracle === undefined) throw new Error(`there is no oracle ${key}`);
  const folder = dirname(folderOf(oracle));
  if (existsSync(folder)) continue;
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  const pack = ["pack", `${oracle.name}@${oracle.version}`, "--silent"];
  const tarball = join(unfinished, execFileSync("npm", pack, { cwd: unfinished, encoding: "utf8" }).trim());
  const sha512 = createHash("sha512").update(readFileSync(tarball)).digest("base64");
  if (sha512 !== oracle.sha512) throw new Error(`${oracle.name}: the tarball has another content: ${sha512}`);
  execFileSync("tar", ["-xzf", tarball, "-C", unfinished]);
  rmSync(tarball);
  renameSync(unfinished, folder);
}
