import type { Units } from "./request-units.ts";

/** US dollars, without taxes, free tiers, discounts and data transfer. */
export interface Prices {
  readonly perMillionReadUnits: number;
  readonly perMillionWriteUnits: number;
  readonly storagePerGbMonth: number;
  readonly recoveryPerGbMonth: number;
  readonly cpuPerCoreHour: number;
  readonly memoryPerGbHour: number;
}

/** AWS's Price List, offers `AmazonDynamoDB` of 2026-08-15 (on-demand, standard tables) and `AmazonECS` of 2026-07-07. */
export const PRICES = {
  "us-east-1": {
    ...{ perMillionReadUnits: 0.125, perMillionWriteUnits: 0.625 },
    ...{ storagePerGbMonth: 0.25, recoveryPerGbMonth: 0.2 },
    ...{ cpuPerCoreHour: 0.04048, memoryPerGbHour: 0.004445 },
  },
  "eu-central-1": {
    ...{ perMillionReadUnits: 0.1525, perMillionWriteUnits: 0.7625 },
    ...{ storagePerGbMonth: 0.306, recoveryPerGbMonth: 0.2448 },
    ...{ cpuPerCoreHour: 0.04656, memoryPerGbHour: 0.00511 },
  },
} as const satisfies Record<string, Prices>;

export type Region = keyof typeof PRICES;

/** What a month of users looks like. */
export interface Assumptions {
  /** Each day begins with a login, which asks `org.me` once. */
  readonly daysPerMonth: number;
  /** Each opens more than a minute after the one before it, so that nothing of the user is remembered. */
  readonly pagesPerDay: number;
  /** The share of users who are new in the month, by SSO. */
  readonly newShare: number;
  /** The busiest hour, beside the mean of the month. */
  readonly peakFactor: number;
  readonly usedShare: number;
  readonly memoryGbPerCore: number;
  readonly leastCores: number;
}

export const ASSUMPTIONS: Assumptions = {
  ...{ daysPerMonth: 20, pagesPerDay: 30, newShare: 0.05 },
  ...{ peakFactor: 5, usedShare: 0.5, memoryGbPerCore: 2 },
  leastCores: 2, // two processes, so that one can stop
};

/** Measured in the embedded store, and by the bench. */
export interface Measured {
  readonly firstLogin: Units;
  readonly page: Units;
  readonly me: Units;
  readonly tableBytesPerUser: number;
  readonly indexBytesPerUser: number;
  readonly pageCpuMicros: number;
  readonly meCpuMicros: number;
}

/** The units and bytes of the last measurement. A test measures them again. */
export const MEASURED = {
  firstLogin: { reads: 15, writes: 12 },
  page: { reads: 3, writes: 0 },
  me: { reads: 2, writes: 0 },
  tableBytesPerUser: 2_934,
  indexBytesPerUser: 2_673,
} as const satisfies Omit<Measured, "pageCpuMicros" | "meCpuMicros">;

const HOURS_PER_MONTH = 730;
const SECONDS_PER_MONTH = HOURS_PER_MONTH * 3_600;
/** DynamoDB's sizes are binary ("Quotas in Amazon DynamoDB"). */
const GB = 2 ** 30;

export interface Month {
  readonly millionReadUnits: number;
  readonly millionWriteUnits: number;
  /** In the busiest hour. */
  readonly readUnitsPerSecond: number;
  readonly tableGb: number;
  readonly indexGb: number;
  readonly cores: number;
}

/** What a month takes, of which the prices make a cost. */
export function monthOf(users: number, measured: Measured, assumed = ASSUMPTIONS): Month {
  const pages = users * assumed.daysPerMonth * assumed.pagesPerDay;
  const logins = users * assumed.daysPerMonth;
  const newUsers = users * assumed.newShare;
  const units = (of: keyof Units) =>
    (pages * measured.page[of] + logins * measured.me[of] + newUsers * measured.firstLogin[of]) / 1e6;
  const cpuSeconds = (pages * measured.pageCpuMicros + logins * measured.meCpuMicros) / 1e6;
  const atPeak = (cpuSeconds / SECONDS_PER_MONTH) * assumed.peakFactor;
  return {
    millionReadUnits: units("reads"),
    millionWriteUnits: units("writes"),
    readUnitsPerSecond: ((units("reads") * 1e6) / SECONDS_PER_MONTH) * assumed.peakFactor,
    tableGb: (users * measured.tableBytesPerUser) / GB,
    indexGb: (users * measured.indexBytesPerUser) / GB,
    cores: Math.max(assumed.leastCores, Math.ceil(atPeak / assumed.usedShare)),
  };
}

export interface Bill {
  readonly reads: number;
  readonly writes: number;
  readonly storage: number;
  /** Backups of the last 35 days, of the table without its index. */
  readonly recovery: number;
  readonly machines: number;
}

export function billOf(month: Month, prices: Prices, { memoryGbPerCore } = ASSUMPTIONS): Bill {
  const perCoreHour = prices.cpuPerCoreHour + memoryGbPerCore * prices.memoryPerGbHour;
  return {
    reads: month.millionReadUnits * prices.perMillionReadUnits,
    writes: month.millionWriteUnits * prices.perMillionWriteUnits,
    storage: (month.tableGb + month.indexGb) * prices.storagePerGbMonth,
    recovery: month.tableGb * prices.recoveryPerGbMonth,
    machines: month.cores * HOURS_PER_MONTH * perCoreHour,
  };
}
