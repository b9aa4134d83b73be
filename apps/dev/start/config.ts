import { z } from "zod";

const port = (fallback: number) =>
  z.coerce.number("must be a port").int("must be a port").min(1).max(65_535).default(fallback);

const schema = z.object({
  PLATFORM_API_PORT: port(4_000),
  IDENTITY_PROVIDER_PORT: port(4_003),
  USER_DIRECTORY_PORT: port(4_004),
  DYNAMODB_PORT: port(4_005),
  /** Where the embedded stores keep their rows. */
  DATA_FOLDER: z.string().min(1).default(".data"),
  /** A PostgreSQL for the user directory in place of the embedded one. */
  DATABASE_URL: z.string().optional(),
});

export type StartConfig = z.output<typeof schema>;

/** @throws when a variable is wrong; the message names each */
export function readStartConfig(): StartConfig {
  const set = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ""));
  const result = schema.safeParse(set);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${String(path[0])} ${message}`);
  throw new Error(problems.join("\n"));
}
