import { z } from "zod";

const url = z.url({ protocol: /^https?$/, error: "must be an http or https address" });
/** With or without the slash that an address bar shows at the end. */
const origin = z
  .string()
  .transform((text) => text.replace(/\/$/, ""))
  .refine((text) => URL.parse(text)?.origin === text, "must be an exact origin");

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.coerce.number().int().min(0).max(65_535).default(4_001),
  PLATFORM_URL: url,
  RUNS_TABLE: z.string().regex(/^[\w.-]{3,255}$/),
  DYNAMODB_ENDPOINT: url.optional(),
  AWS_REGION: z.string().regex(/^[a-z0-9-]+$/, "must be a region such as eu-central-1"),
  CORS_ORIGINS: z.preprocess((value = "") => String(value).match(/[^\s,]+/g) ?? [], z.array(origin)),
  /** Its own account at the identity provider, with which it asks whether the users of its runs still stand. */
  PLATFORM_CLIENT_ID: z.string(),
  PLATFORM_CLIENT_SECRET: z.string(),
  PLATFORM_TOKEN_URL: url,
  /** The identifier of platform-api at the identity provider. */
  PLATFORM_AUDIENCE: z.string(),
  /** The address of `/mcp` as its clients write it, and the issuer at which they sign in. Without both there is no `/mcp`. */
  MCP_URL: url.optional(),
  MCP_ISSUER: url.optional(),
  /** How often it asks. */
  STANDING_EVERY_MS: z.coerce.number().int().min(100).max(60_000).default(5_000),
  /** How long work goes on while platform-api does not answer. */
  STANDING_GRACE_MS: z.coerce.number().int().min(0).max(3_600_000).default(60_000),
  /** How long a process that gives no sign keeps its runs. Then another one takes them up. */
  LEASE_MS: z.coerce.number().int().min(400).max(300_000).default(10_000),
  /** How long a step takes at least, so that a person can watch it. */
  STEP_MS: z.coerce.number().int().min(0).max(60_000).default(0),
  /** Whether a run may ask for a step that fails once. */
  FAILING_STEPS: z
    .enum(["0", "1"])
    .default("0")
    .transform((value) => value === "1"),
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
