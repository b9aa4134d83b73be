import { readFileSync } from "node:fs";

export const PAGE = readFileSync(new URL("../../../docs/deploy-images.md", import.meta.url), "utf8");

/** All commands of the page. */
export const COMMANDS: readonly string[] = [...PAGE.matchAll(/^```sh\n([\s\S]*?)```$/gm)].flatMap(
  ([, block = ""]) => block.trim().split("\n"),
);

/** The variables of an environment file that the page shows, as Docker reads it. */
export function environmentFile(name: string): Record<string, string> {
  const [, text = ""] = new RegExp(`^\`${name}\`[^\n]*:\n\n\`\`\`sh\n([^\`]+)\`\`\`$`, "m").exec(PAGE) ?? [];
  return Object.fromEntries(
    text
      .trim()
      .split("\n")
      .map((line) => line.split(/=(.*)/s, 2)),
  );
}

/** What the page gives a target to run in. @throws for a target that is not in its table */
export function memoryMbOf(target: string): number {
  const [, memory] = new RegExp(`^\\| \`${target}\` \\|.*\\| (\\d+) MB \\|$`, "m").exec(PAGE) ?? [];
  if (memory === undefined) throw new Error(`the page does not say how much memory ${target} gets`);
  return Number(memory);
}
