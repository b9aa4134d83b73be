/** The text of a page below a heading such as `## Limits`, until the next heading of its level or of a higher one. */
export function sectionOf(page: string, heading: string): string {
  const level = heading.indexOf(" ");
  const [, rest] = `\n${page}`.split(`\n${heading}\n`);
  if (level < 1 || rest === undefined) throw new Error(`the page has no ${heading}`);
  return rest.split(new RegExp(`^#{1,${level}} `, "m"))[0] ?? "";
}

/** The cells of each row of a text's tables, heads included. */
export function tableRows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}
