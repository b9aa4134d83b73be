import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  PLATFORM_URL: "https://platform.example",
  RUNS_TABLE: "agentic-runs",
  AWS_REGION: "eu-central-1",
};

it("needs three variables, and an empty one is none", () => {
  expect(readConfig({ ...NEEDED, HOST: "", PORT: "", CORS_ORIGINS: "", LOG_LEVEL: "" })).toEqual({
    ...NEEDED,
    HOST: "127.0.0.1",
    PORT: 4_001,
    CORS_ORIGINS: [],
    LOG_LEVEL: "info",
  });
});

it("takes several origins", () => {
  const { CORS_ORIGINS } = readConfig({
    ...NEEDED,
    CORS_ORIGINS: "https://a.example, http://127.0.0.1:4002,",
  });
  expect(CORS_ORIGINS).toEqual(["https://a.example", "http://127.0.0.1:4002"]);
});

it.each([
  [{ PORT: "http" }, "PORT must be a port"],
  [{ PORT: "65536" }, "PORT must be a port"],
  [{ PORT: "80.5" }, "PORT must be a port"],
  [{ PLATFORM_URL: undefined }, "PLATFORM_URL is missing"],
  [{ PLATFORM_URL: "platform.example" }, "PLATFORM_URL must be an http or https address"],
  [{ PLATFORM_URL: "https://" }, "PLATFORM_URL must be an http or https address"],
  [{ PLATFORM_URL: "https://user:s3cret@platform.example" }, "PLATFORM_URL must not hold credentials"],
  [{ RUNS_TABLE: "" }, "RUNS_TABLE is missing"],
  [{ RUNS_TABLE: "a table" }, "RUNS_TABLE must be 3 to 255"],
  [{ DYNAMODB_ENDPOINT: "ftp://store" }, "DYNAMODB_ENDPOINT must be an http or https address"],
  [{ AWS_REGION: undefined }, "AWS_REGION is missing"],
  [{ CORS_ORIGINS: "*" }, "CORS_ORIGINS must be exact origins"],
  [{ CORS_ORIGINS: "https://a.example/" }, "CORS_ORIGINS must be exact origins"],
  [{ LOG_LEVEL: "loud" }, "LOG_LEVEL must be a level such as info"],
])("%j: %s", (wrong, problem) => {
  expect(() => readConfig({ ...NEEDED, ...wrong })).toThrow(problem);
});

it("names every wrong variable, and shows no value", () => {
  const wrong = { PLATFORM_URL: "s3cret", RUNS_TABLE: "no", AWS_REGION: "S3CRET", LOG_LEVEL: "s3cret" };
  const names = "PLATFORM_URL.*\n.*RUNS_TABLE.*\n.*AWS_REGION.*\n.*LOG_LEVEL.*";
  expect(() => readConfig(wrong)).toThrow(new RegExp(`^wrong configuration:\n.*${names}$`));
  expect(() => readConfig(wrong)).not.toThrow(/s3cret/i);
});
