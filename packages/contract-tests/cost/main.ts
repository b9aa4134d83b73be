/** Prints the cost's part of docs/limits-and-cost.md, and with --write puts it into the page. */
import { readPage, withCost, writePage } from "./page.ts";

const page = withCost(readPage());
if (process.argv.includes("--write")) writePage(page);
else process.stdout.write(page);
