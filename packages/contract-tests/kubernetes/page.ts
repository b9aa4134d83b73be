import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./kubectl.ts";

export const PAGE: string = readFileSync(join(ROOT, "docs/deploy-kubernetes.md"), "utf8");

const blocks = (language: string): string[] =>
  [...PAGE.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, "g"))].map(([, text = ""]) =>
    text.replaceAll(/^ +| +$/gm, ""),
  );

/** The commands of the page that match, in their order. */
export const commandsOf = (pattern: RegExp): string[] =>
  blocks("sh")
    .flatMap((block) => block.split("\n"))
    .filter((line) => line !== "" && pattern.test(line));

/** The example of `secret.env`. */
export const SECRETS: string = blocks("ini").join("");
