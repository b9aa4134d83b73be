import { z } from "zod";

const environment = z.object({ DATABASE_URL: z.url().optional(), CI: z.string().optional() });
const { DATABASE_URL, CI } = environment.parse(process.env);

/** A PostgreSQL server that is there already, with the right to create databases. */
export const databaseUrl = DATABASE_URL ?? null;

/** Whether what a developer may lack must be there. */
export const isCi = CI !== undefined && CI !== "" && CI !== "false";

/** For the test files that run after this, in processes of their own. */
export function setDatabaseUrl(url: string): void {
  process.env.DATABASE_URL = url;
}
