import { readPage } from "../pages/page.ts";

/** `docs/deploy-images.md`. */
export const PAGE = readPage("docs/deploy-images.md");

/** The images, in the order of the page. */
export const TARGETS = ["platform-api", "agentic-backend", "frontend"] as const;

const inCode = (text: string) => `\`${text}\``;
const plain = (cell: string) => cell.replaceAll("`", "");

/** What the page says of an image. @throws for a target that is not in its table */
export function rowOf(target: string): { port: string; megabytes: number; memoryMb: number } {
  const row = PAGE.rows.find(([name]) => name === inCode(target));
  if (row === undefined) throw new Error(`the page has no row of ${target}`);
  const [, , port = "", size = "", memory = ""] = row;
  return { port, megabytes: Number.parseFloat(size), memoryMb: Number.parseFloat(memory) };
}

/** The variables that an image sets, as the page's table says. */
export function imageVariables(target: (typeof TARGETS)[number]): Record<string, string> {
  const rows = PAGE.section("Configure").rows.map(([name = "", ...values]) => {
    return [plain(name), plain(values[TARGETS.indexOf(target)] ?? "")];
  });
  return Object.fromEntries(rows.filter(([, value]) => value !== ""));
}

/** The variables of an environment file that the page shows, as Docker reads it. */
export function environmentFile(name: string): Record<string, string> {
  const { text } = PAGE.blocks.find(({ above }) => above.startsWith(inCode(name))) ?? { text: "" };
  const lines = text.trim().split("\n");
  return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
}
