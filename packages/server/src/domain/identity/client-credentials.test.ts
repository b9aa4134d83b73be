import { describe, expect, it } from "vitest";
import { clientCredentialsOf } from "./client-credentials.ts";

const basic = (text: string) => `Basic ${Buffer.from(text).toString("base64")}`;
const GOOD = basic("service:secret");

describe("a client's credentials", () => {
  it.each([
    ["plain ones", [GOOD], { clientId: "service", secret: "secret" }],
    [
      "another spelling of the scheme",
      [GOOD.replace("Basic", "bAsIc ")],
      { clientId: "service", secret: "secret" },
    ],
    ["a secret with a colon", [basic("service:a:b")], { clientId: "service", secret: "a:b" }],
    ["form-encoded ones", [basic("a%3Ab:%2B+%26=%3d&%c3%a9")], { clientId: "a:b", secret: "+ &==&é" }],
  ])("are read from Authorization: %s", (_, [authorization = ""], expected) => {
    expect(clientCredentialsOf(["Host", "x", "AUTHORIZATION", authorization])).toEqual(expected);
  });

  it.each([
    ["no header", []],
    ["a Bearer token", ["authorization", "Bearer a"]],
    ["Basic in another header", ["proxy-authorization", GOOD]],
    ["a scheme that ends alike", ["authorization", `X${GOOD}`]],
    ["a scheme that begins alike", ["authorization", "Basically a"]],
  ])("are not there: %s", (_, rawHeaders) => {
    expect(clientCredentialsOf(rawHeaders)).toBeNull();
  });

  it.each([
    ["twice", ["authorization", GOOD, "authorization", GOOD], "CREDENTIALS_CONFLICT"],
    ["beside a Bearer token", ["authorization", "Bearer a", "authorization", GOOD], "CREDENTIALS_CONFLICT"],
    ["beside a user's token", ["x-user-token", "a", "authorization", GOOD], "CREDENTIALS_CONFLICT"],
    ["without a secret", ["authorization", basic("service:")], "TOKEN_INVALID"],
    ["without a client id", ["authorization", basic(":secret")], "TOKEN_INVALID"],
    ["without a colon", ["authorization", basic("service")], "TOKEN_INVALID"],
    ["that are no base64", ["authorization", "Basic ***"], "TOKEN_INVALID"],
    ["that are no UTF-8", ["authorization", "Basic /zr/"], "TOKEN_INVALID"],
  ])("are refused %s", (_, rawHeaders, reason) => {
    expect(() => clientCredentialsOf(rawHeaders)).toThrow(expect.objectContaining({ reason }));
  });
});
