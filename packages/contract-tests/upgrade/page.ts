import { readPage } from "../pages/page.ts";

const page = readPage("docs/back-up-and-upgrade.md");

export const PAGE = page.text;

/** The `sh` blocks of a section. */
export const linesOf = (heading: string): readonly string[] => page.section(heading).code("sh");

/** The rows of the tables of a section. */
export const rowsOf = (heading: string): readonly (readonly string[])[] => page.section(heading).rows;
