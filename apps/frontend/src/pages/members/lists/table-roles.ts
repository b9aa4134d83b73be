/**
 * The roles of a table's elements. Browsers drop them where CSS gives an element another `display`, as it does to show
 * rows as cards: `<tr {...ROW}>`.
 */
export const TABLE = { role: "table" } as const;
export const ROW_GROUP = { role: "rowgroup" } as const;
export const ROW = { role: "row" } as const;
export const COLUMN_HEADER = { role: "columnheader", scope: "col" } as const;
export const CELL = { role: "cell" } as const;
