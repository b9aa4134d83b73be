import { z } from "zod";

const url = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
const origin = z.string().refine((text) => URL.parse(text)?.origin === text, "must be an exact origin");

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4_001),
  PLATFORM_URL: url,
  RUNS_TABLE: z.string().regex(/^[\w.-]{3,255}$/),
  DYNAMODB_ENDPOINT: url.optional(),
  AWS_REGION: z.string().regex(/^[a-z0-9-]+$/, "must be a region such as eu-central-1"),
  CORS_ORIGINS: z.preprocess((value = "") => String(value).match(/[^\s,]+/g) ?? [], z.array(origin)),
  /** How long the stand-in works on a run, so that there is time to cancel it. */
  WORK_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

export type Config = z.output<typeof schema>;

/** The names of all variables that are read. */
export const AGENTIC_BACKEND_VARIABLES: readonly string[] = Object.keys(schema.shape);

/** Reads an empty variable as unset. @throws an error that names every invalid variable and shows no value */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const { data, error } = schema.safeParse(set);
  if (error === undefined) return data;
  throw new Error(`wrong configuration:\n${z.prettifyError(error)}`);
}
