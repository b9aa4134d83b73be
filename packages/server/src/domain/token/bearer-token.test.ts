import { expect, it } from "vitest";
import { bearerTokenOf } from "./bearer-token.ts";

it.each([
  [["Authorization", "Bearer abc"], "abc"],
  [["authorization", "bearer abc"], "abc"],
  [["AUTHORIZATION", "BEARER   abc"], "abc"],
  [["X-User-Token", "abc"], "abc"],
  [["x-user-token", "abc", "Authorization", "Bearer abc"], "abc"],
  [["X-User-Token", "not.a.jwt!\u00e9"], "not.a.jwt!\u00e9"],
])("%j carry %s", (headers, token) => {
  expect(bearerTokenOf(headers)).toBe(token);
});

it.each([
  [[], "TOKEN_MISSING"],
  [["Cookie", "token=abc", "X-User-Tokens", "abc"], "TOKEN_MISSING"],
  [["Authorization", ""], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer "], "CREDENTIALS_CONFLICT"],
  [["Authorization", "abc"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Basic eDp5"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Basic eDp5", "X-User-Token", "abc"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer abc", "authorization", "Bearer abc"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer abc, Bearer abc"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer a\tb"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer abc", "X-User-Token", "abd"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer abc", "X-User-Token", ""], "CREDENTIALS_CONFLICT"],
  [["X-User-Token", "abc", "X-User-Token", "abc"], "CREDENTIALS_CONFLICT"],
  [["X-User-Token", "Bearer abc"], "CREDENTIALS_CONFLICT"],
  [["X-User-Token", "a,b"], "CREDENTIALS_CONFLICT"],
  [["X-User-Token", "abc\u00a0"], "CREDENTIALS_CONFLICT"],
  [["Authorization", "Bearer abc", "X-User-Token", "\u00a0abc"], "CREDENTIALS_CONFLICT"],
])("%j are %s", (headers, reason) => {
  expect(() => bearerTokenOf(headers)).toThrow(expect.objectContaining({ reason }));
});

it.each([
  ["abc", "the Authorization header has no scheme: send `Authorization: Bearer <token>`"],
  ["", "the Authorization header has no scheme: send `Authorization: Bearer <token>`"],
  ["Basic eDp5", undefined],
])("tells the client what %j lacks: %s", (value, hint) => {
  expect(() => bearerTokenOf(["Authorization", value])).toThrow(expect.objectContaining({ hint }));
});
