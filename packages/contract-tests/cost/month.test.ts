import { expect, it } from "vitest";
import { DEFAULTS } from "../limits/source.ts";
import { readPage } from "../pages/page.ts";
import { sum } from "./recorded-calls.ts";

const { tables, rows: ROWS } = readPage("docs/limits-and-cost.md").section("Cost");

const HOURS = 730;
const SECONDS = HOURS * 3_600;
const MILLION = 1e6;
const GIB = 2 ** 30;
/** What one read unit covers. */
const UNIT_BYTES = 4_096;
/** How far a poll looks back: to what it has not seen, and 25 s behind the last complete poll. */
const LOOK_BACK_SECONDS = 26;
const SHARDS = 4;
/** The fewest processes, so that one can stop. */
const LEAST_PROCESSES = 3;

/** The numbers in the second cell of a row. @throws if the page has no such row */
function numbersOf(what: string): number[] {
  const [, cell] = ROWS.find(([name]) => name === what) ?? [];
  if (cell === undefined) throw new Error(`no row: ${what}`);
  return (cell.match(/\d[\d,.]*/g) ?? []).map((text) => Number(text.replaceAll(",", "")));
}

function numberOf(what: string): number {
  return numbersOf(what)[0] ?? expect.fail(what);
}

const DAYS = numberOf("days of use in a month, each with a login");
const WORKED_HOURS = DAYS * numberOf("hours at work in a day, with a request a second");
const PROCESSES = numberOf("processes that these requests go through in turn");
const NEW = numberOf("users who are new in the month, by SSO") / 100;
const CHANGED = numberOf("users of whom something changes in the month, with a notice") / 100;
const BUSIEST = numberOf("the busiest hour, beside the mean");
const USED_CPU = numberOf("CPU that is used at that time") / 100;
const [LOGIN_READS = 0, LOGIN_WRITES = 0] = numbersOf("a first login by SSO, measured");
const [NOTICE_WRITES = 0, NOTICE_BYTES = 0] = numbersOf("a notice of a change");
const [TABLE_KB = 0, INDEX_KB = 0] = numbersOf(
  "stored after the first login, measured once, with 100 bytes for each item and copy",
);
const [ANSWER_MICROS = 0, READ_MICROS = 0] = numbersOf(
  "CPU time of an answer from memory, and of a read, by [the bench](performance.md#machines-for-a-million-users)",
);

interface Requests {
  readonly reads: number;
  readonly cores: number;
}

/** @param hour read units that an hour at work takes in one process */
function requestsOf(users: number, hour: number): Requests {
  const reads =
    WORKED_HOURS * PROCESSES * hour +
    DAYS * numberOf("the `org.me` of a login, measured") +
    NEW * LOGIN_READS;
  const micros = WORKED_HOURS * 3_600 * ANSWER_MICROS + reads * READ_MICROS;
  const cores = (users * micros * BUSIEST) / (MILLION * SECONDS * USED_CPU);
  return { reads: users * reads, cores: Math.max(LEAST_PROCESSES, Math.ceil(cores)) };
}

/** Read units of a poll while so many changes are made in a second. Each shard has its share of them. */
const unitsOfPoll = (changes: number) =>
  Math.max(1, Math.ceil((changes * LOOK_BACK_SECONDS * NOTICE_BYTES) / SHARDS / UNIT_BYTES));

function monthOf(users: number) {
  const notified = requestsOf(users, numberOf("an hour at work in one process, measured"));
  const unnotified = requestsOf(users, numberOf("the same without polls, measured"));
  const changes = (users * CHANGED) / SECONDS;
  const pollUnits = unitsOfPoll(changes);
  const pollsASecond = notified.cores * (numberOf("polls of a process in an hour") / 3_600);
  return {
    notified,
    unnotified,
    pollUnits,
    polls: pollsASecond * SECONDS * pollUnits,
    busiest: (BUSIEST * notified.reads) / SECONDS + pollsASecond * unitsOfPoll(BUSIEST * changes),
    writes: users * (NEW * LOGIN_WRITES + CHANGED * NOTICE_WRITES),
    table: (users * TABLE_KB * 1_000) / GIB,
    stored: (users * (TABLE_KB + INDEX_KB) * 1_000) / GIB,
  };
}

const USERS = [10_000, MILLION, 100 * MILLION];
const MONTHS = USERS.map(monthOf);
const twoDigits = (value: number) =>
  Number(value.toPrecision(2)).toLocaleString("en", { maximumFractionDigits: 20 });
const dollars = (value: number) => (value < 1 ? "under 1" : twoDigits(value));

/** The rows below a head that begins with this. */
const listed = (start: string) => tables.find(({ head }) => head[0]?.startsWith(start))?.rows;

it("docs/limits-and-cost.md has what a month takes", () => {
  const rows: Readonly<Record<string, (month: (typeof MONTHS)[number]) => number>> = {
    "read units of requests, million": ({ notified }) => notified.reads / MILLION,
    "the same without polls, million": ({ unnotified }) => unnotified.reads / MILLION,
    "read units of a poll": ({ pollUnits }) => pollUnits,
    "read units of polls, million": ({ polls }) => polls / MILLION,
    "read units a second, in the busiest hour": ({ busiest }) => busiest,
    "write units, million": ({ writes }) => writes / MILLION,
    "stored, GB": ({ stored }) => stored,
    cores: ({ notified }) => notified.cores,
    "cores without polls": ({ unnotified }) => unnotified.cores,
  };
  const expected = Object.entries(rows).map(([what, of]) => [what, ...MONTHS.map(of).map(twoDigits)]);
  expect(listed("a month takes")).toEqual(expected);
});

it.each(["us-east-1", "eu-central-1"])("docs/limits-and-cost.md has what a month costs in %s", (region) => {
  const prices = tables.find(({ head }) => head[0] === "price, US dollars");
  const priceOf = (what: string) => {
    const row = prices?.rows.find(([name]) => name?.startsWith(what)) ?? expect.fail(what);
    return Number(row[prices?.head.indexOf(`\`${region}\``) ?? 0]);
  };
  const million = (what: string) => priceOf(`a million ${what} request units`) / MILLION;
  const core =
    (priceOf("a core and hour") + numberOf("memory for a core") * priceOf("memory, a GB and hour")) * HOURS;
  const columns = MONTHS.map(({ notified, unnotified, polls, writes, table, stored }) => {
    const costs = {
      "reads of requests": notified.reads * million("read"),
      "reads of polls": polls * million("read"),
      writes: writes * million("write"),
      "storage, with its indexes": stored * priceOf("storage, a GB"),
      "point-in-time recovery": table * priceOf("point-in-time recovery"),
      machines: notified.cores * core,
    };
    const together = sum(Object.values(costs));
    const saved =
      (unnotified.reads - notified.reads - polls) * million("read") +
      (unnotified.cores - notified.cores) * core;
    return {
      ...costs,
      "**together**": together,
      "reads without polls": unnotified.reads * million("read"),
      "together without polls": together + saved,
    };
  });
  const whats = Object.keys(columns[0] ?? {}) as (keyof (typeof columns)[number])[];
  const expected = whats.map((what) => [what, ...columns.map((column) => dollars(column[what]))]);
  expect(listed(`US dollars a month, \`${region}\``)).toEqual(expected);
});

it("docs/limits-and-cost.md has the polls of the default configuration, and the bench's CPU times", () => {
  expect(numberOf("polls of a process in an hour")).toBe((SHARDS * 3_600_000) / DEFAULTS.CHANGES_POLL_MS);
  const bench = readPage("docs/performance.md").section("Machines for a million users").rows;
  const micros = bench.map(([, , each = ""]) => Number(each.replace(" µs", "")));
  expect([ANSWER_MICROS, READ_MICROS]).toEqual(micros);
});
