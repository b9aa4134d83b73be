import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

test("the default configuration is that of the development stack", () => {
  expect(readConfig({})).toEqual({
    platformApiUrl: "http://127.0.0.1:4000/",
    identityProviderUrl: "http://127.0.0.1:4003/",
    audience: "https://platform-api.example",
  });
});

test("the configuration comes from the environment, and the issuer gets its trailing slash", () => {
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

test.for(["PLATFORM_API_URL", "IDENTITY_PROVIDER_URL"])(
  "the error names %s when it is not a URL",
  (variable) => {
    expect(() => readConfig({ [variable]: "here" })).toThrow(`${variable} must be a URL`);
  },
);
