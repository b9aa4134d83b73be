import { expect, it } from "vitest";
import { readConfig } from "./config.ts";

const NEEDED = {
  PLATFORM_URL: "https://platform.example",
  RUNS_TABLE: "agentic-runs",
  AWS_REGION: "eu-central-1",
};

it("requires three variables and treats an empty one as unset", () => {
  const config = readConfig({ ...NEEDED, HOST: "", PORT: "", CORS_ORIGINS: "", LOG_LEVEL: "" });
  const defaults = { HOST: "127.0.0.1", PORT: 4_001, CORS_ORIGINS: [], WORK_MS: 0, LOG_LEVEL: "info" };
  expect(config).toEqual({ ...NEEDED, ...defaults });
});

it("accepts several origins", () => {
  const config = readConfig({ ...NEEDED, CORS_ORIGINS: "https://a.example, http://127.0.0.1:4002," });
  expect(config.CORS_ORIGINS).toEqual(["https://a.example", "http://127.0.0.1:4002"]);
});

it.each([
  ["PORT", "s3cret"],
  ["PORT", "65536"],
  ["PORT", "80.5"],
  ["PLATFORM_URL", undefined],
  ["PLATFORM_URL", "s3cret.example"],
  ["PLATFORM_URL", "https://"],
  ["RUNS_TABLE", ""],
  ["RUNS_TABLE", "a s3cret"],
  ["DYNAMODB_ENDPOINT", "ftp://s3cret"],
  ["AWS_REGION", undefined],
  ["AWS_REGION", "S3CRET"],
  ["CORS_ORIGINS", "*"],
  ["CORS_ORIGINS", "https://a.example, https://s3cret.example/"],
  ["WORK_MS", "s3cret"],
  ["WORK_MS", "60001"],
  ["LOG_LEVEL", "s3cret"],
])("names %s when it is %s, without its value", (name, value) => {
  const read = () => readConfig({ ...NEEDED, [name]: value });
  expect(read).toThrow(new RegExp(`^wrong configuration:\n✖ .*\n {2}→ at ${name}(\\[1?0?\\])?$`));
  expect(read).not.toThrow(/s3cret/i);
});

it("names every invalid variable", () => {
  const wrong = { PLATFORM_URL: "platform", RUNS_TABLE: "no", AWS_REGION: "EU", LOG_LEVEL: "loud" };
  expect(() => readConfig(wrong)).toThrow(
    /PLATFORM_URL\n.*\n.*RUNS_TABLE\n.*\n.*AWS_REGION\n.*\n.*LOG_LEVEL$/,
  );
});
