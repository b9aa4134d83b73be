/** Fails where a file stands in the wrong room: see `rooms.ts`. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { problemsOf } from "./rooms.ts";

const files = execFileSync("git", ["ls-files", "-z", "*.ts", "*.tsx"], { encoding: "utf8" }).split("\0");
const sources = new Map(
  files.filter((file) => file !== "" && existsSync(file)).map((file) => [file, readFileSync(file, "utf8")]),
);
const problems = problemsOf(sources);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
