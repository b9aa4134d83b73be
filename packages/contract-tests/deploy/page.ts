import { readFileSync } from "node:fs";

/** `docs/deploy.md`. */
export const PAGE = readFileSync(new URL("../../../docs/deploy.md", import.meta.url), "utf8");

/** The numbered steps of the trial, in the order of the page. */
const STEPS = [...chapterOf("## One Debian machine, to try").matchAll(/^### (\d+)\. /gm)].map(([, number]) =>
  Number(number),
);

function chapterOf(heading: string): string {
  const [, rest = ""] = PAGE.split(`${heading}\n`);
  return rest.split(/^## /m)[0] ?? "";
}

/** The code blocks of a language, as they are on the page. */
export function blocksIn(text: string, language: string): string[] {
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(
    ([, code = ""]) => code,
  );
}

/** The commands of some steps. @throws if the page has no such step, or it has no commands */
export function commandsOf(isWanted: (step: number) => boolean): string {
  const chapter = chapterOf("## One Debian machine, to try");
  const parts = STEPS.filter(isWanted).map((step) => {
    const [, text = ""] = chapter.split(new RegExp(`^### ${step}\\. .*\n`, "m"));
    return blocksIn(text.split(/^### /m)[0] ?? "", "sh").join("");
  });
  if (parts.length === 0) throw new Error("the page has no such step");
  return parts.join("\n");
}

/** The variables for ports that the page offers, each with its default. */
export function portVariables(): ReadonlyMap<string, number> {
  const offered = commandsOf((step) => step === 1).matchAll(/^export (\w+_PORT)="\$\{\1:-(\d+)\}"$/gm);
  return new Map([...offered].map(([, name = "", port]) => [name, Number(port)]));
}
