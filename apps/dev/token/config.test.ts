import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("is the development stack's by default", () => {
  expect(readConfig({})).toEqual({
    platformApiUrl: "http://127.0.0.1:4000/",
    identityProviderUrl: "http://127.0.0.1:4003/",
    audience: "https://platform-api.example",
  });
});

test("comes from the environment, and gives an issuer its slash", () => {
  const env = {
    PLATFORM_API_URL: "http://h:1",
    IDENTITY_PROVIDER_URL: "http://h:2",
    AUTH0_AUDIENCE: "urn:x",
  };
  expect(readConfig(env)).toEqual({
    platformApiUrl: "http://h:1/",
    identityProviderUrl: "http://h:2/",
    audience: "urn:x",
  });
});

test.for(["PLATFORM_API_URL", "IDENTITY_PROVIDER_URL"])("names %s where it holds no URL", (variable) => {
  expect(() => readConfig({ [variable]: "here" })).toThrow(`${variable} must be a URL`);
});
