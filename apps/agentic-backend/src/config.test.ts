import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  PLATFORM_URL: "https://platform.example",
  RUNS_TABLE: "agentic-runs",
  AWS_REGION: "eu-central-1",
  PLATFORM_CLIENT_ID: "agentic-backend",
  PLATFORM_CLIENT_SECRET: "secret",
  PLATFORM_TOKEN_URL: "https://login.example/oauth/token",
  PLATFORM_AUDIENCE: "https://platform-api.example",
};

it("requires seven variables and treats an empty one as unset", () => {
  const config = readConfig({ ...NEEDED, HOST: "", PORT: "", CORS_ORIGINS: "", LOG_LEVEL: "", STEP_MS: "" });
  const times = { STANDING_EVERY_MS: 5_000, STANDING_GRACE_MS: 60_000, LEASE_MS: 10_000, STEP_MS: 0 };
  const defaults = {
    HOST: "127.0.0.1",
    PORT: 4_001,
    CORS_ORIGINS: [],
    FAILING_STEPS: false,
    LOG_LEVEL: "info",
  };
  expect(config).toEqual({ ...NEEDED, ...times, ...defaults });
});

it.each(Object.keys(NEEDED))("does not start without %s, and names it", (name) => {
  expect(() => readConfig({ ...NEEDED, [name]: undefined })).toThrow(
    new RegExp(`^wrong configuration:\n✖ .*\n {2}→ at ${name}$`),
  );
});

it("accepts several origins", () => {
  const config = readConfig({ ...NEEDED, CORS_ORIGINS: "https://a.example/, http://127.0.0.1:4002," });
  expect(config.CORS_ORIGINS).toEqual(["https://a.example", "http://127.0.0.1:4002"]);
});

it.each([
  ["PORT", "s3cret"],
  ["PORT", "65536"],
  ["PORT", "80.5"],
  ["PLATFORM_URL", "s3cret.example"],
  ["PLATFORM_URL", "https://"],
  ["RUNS_TABLE", "a s3cret"],
  ["DYNAMODB_ENDPOINT", "ftp://s3cret"],
  ["AWS_REGION", "S3CRET"],
  ["CORS_ORIGINS", "*"],
  ["CORS_ORIGINS", "https://a.example, https://s3cret.example//"],
  ["PLATFORM_TOKEN_URL", "s3cret"],
  ["STANDING_EVERY_MS", "99"],
  ["STANDING_GRACE_MS", "-1"],
  ["LEASE_MS", "399"],
  ["STEP_MS", "s3cret"],
  ["STEP_MS", "60001"],
  ["FAILING_STEPS", "s3cret"],
  ["LOG_LEVEL", "s3cret"],
])("names %s when it is %s, without its value", (name, value) => {
  const read = () => readConfig({ ...NEEDED, [name]: value });
  expect(read).toThrow(new RegExp(`^wrong configuration:\n✖ .*\n {2}→ at ${name}(\\[1?0?\\])?$`));
  expect(read).not.toThrow(/s3cret/i);
});

it("names every invalid variable", () => {
  const wrong = {
    ...NEEDED,
    PLATFORM_URL: "platform",
    RUNS_TABLE: "no",
    AWS_REGION: "EU",
    LOG_LEVEL: "loud",
  };
  expect(() => readConfig(wrong)).toThrow(
    /PLATFORM_URL\n.*\n.*RUNS_TABLE\n.*\n.*AWS_REGION\n.*\n.*LOG_LEVEL$/,
  );
});
