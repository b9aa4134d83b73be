import { z } from "zod";

const environment = z.object({ DATABASE_URL: z.url().optional(), CI: z.string().optional() });
const { DATABASE_URL, CI } = environment.parse(process.env);

/** An existing PostgreSQL server on which databases may be created. */
export const databaseUrl = DATABASE_URL ?? null;

/** On CI, tests must not be skipped because a program is missing. */
export const isCi = CI !== undefined && CI !== "" && CI !== "false";

/** Sets the server for the test files, which run later in processes of their own. */
export function setDatabaseUrl(url: string): void {
  process.env.DATABASE_URL = url;
}
