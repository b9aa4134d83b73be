import { z } from "zod";

const text = (form: RegExp, rule: string) => z.string("is missing").regex(form, rule);
const url = z
  .string("is missing")
  .refine((value) => /^https?:/.test(value) && URL.canParse(value), "must be an http or https address")
  .refine((value) => !URL.canParse(value) || new URL(value).username === "", "must not hold credentials");
const isOrigin = (value: string) => URL.canParse(value) && new URL(value).origin === value;
const PORT = "must be a port, 0 to 65535";

const schema = z.object({
  HOST: z.string().default("127.0.0.1"),
  PORT: z.preprocess((value = "4001") => Number(value), z.int(PORT).min(0, PORT).max(65_535, PORT)),
  PLATFORM_URL: url,
  RUNS_TABLE: text(/^[\w.-]{3,255}$/, "must be 3 to 255 letters, digits, dots, hyphens, underscores"),
  DYNAMODB_ENDPOINT: url.optional(),
  AWS_REGION: text(/^[a-z0-9-]+$/, "must be a region such as eu-central-1"),
  CORS_ORIGINS: z
    .string()
    .default("")
    .transform((list) => list.split(",").flatMap((item) => item.trim() || []))
    .refine(
      (list) => list.every(isOrigin),
      "must be exact origins such as https://app.example, without a path",
    ),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"], "must be a level such as info")
    .default("info"),
});

export type Config = z.output<typeof schema>;

/** An empty variable is an unset one. @throws when any is wrong: the message names each, and shows no value */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const { data, error } = schema.safeParse(
    Object.fromEntries(Object.entries(env).filter(([, value]) => value)),
  );
  if (error === undefined) return data;
  const problems = error.issues.map(({ path, message }) => `\n  ${String(path[0])} ${message}`);
  throw new Error(`wrong configuration:${problems.join("")}`);
}
