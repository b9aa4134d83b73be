import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

/** Asked where the search path is `pg_catalog` and nothing else. */
const OF_THE_CATALOG = ["catalog-queries.ts", "constraints.ts"];
/** Run where the search path is that of the role, because triggers are run then, too. */
const OF_THE_ROLE = ["change.ts", "update.ts", "writer.ts"];

const sources = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts") && !OF_THE_CATALOG.includes(name))
  .map((name) => [name, readFileSync(`${import.meta.dirname}/${name}`, "utf8")] as const);

/** PostgreSQL's functions have such names, and ours do not. A keyword of SQL is not a function. */
const FUNCTION = /(?<![\w.])(?:[a-z0-9]+_[a-z0-9_]+|unnest|format|max|min|sum|count|lower|upper|strpos)\(/g;
/** Somebody else's can be a better match than PostgreSQL's own. An assignment has neither alias on its right. */
const TYPE = /::(?!pg_catalog\.|\$\{)\w+/g;
const OPERATOR = / (?:=|<>|IS (?:NOT )?DISTINCT FROM) [tu]\./g;

it.each(sources)("%s calls no function by a name that anybody's function may have", (name, source) => {
  expect([name, source.match(FUNCTION)]).toEqual([name, null]);
});

it.each(sources.filter(([name]) => OF_THE_ROLE.includes(name)))(
  "%s uses no type and no operator by a name that anybody's may have",
  (name, source) => {
    expect([name, source.match(TYPE)]).toEqual([name, null]);
    expect([name, source.match(OPERATOR)]).toEqual([name, null]);
  },
);
