/** Excel takes a file without it for one of the reader's own old encoding. */
const BYTE_ORDER_MARK = "\ufeff";

/**
 * What a spreadsheet would run as a formula, also in the wide forms of East Asian keyboards: at the start of a cell, and
 * after whatever separates cells. A spreadsheet of a country that writes 1,5 separates them by semicolons, and there a
 * quote in the middle of a cell protects nothing.
 */
const FORMULA = /(?<=^|[;,\t\r\n])[ \u00a0]*(?=[=+\-@\t\r＝＋－＠])/g;

/** The most rows of one file. */
export const MOST_ROWS = 10_000;

/**
 * A table as the lines of a CSV file (RFC 4180) that spreadsheets show as it is. They may be given to {@link download}.
 * Names and addresses are what anybody has called themselves, so cells that would be run begin with an apostrophe.
 */
export function csvLines(header: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const [first = "", ...others] = [header, ...rows].map((cells) => `${cells.map(cellOf).join(",")}\r\n`);
  return [`${BYTE_ORDER_MARK}${first}`, ...others];
}

function cellOf(text: string): string {
  const safe = text.replace(FORMULA, "$&'");
  return /[",;\s]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
