import { describe, expect, it } from "vitest";
import { reasonOf } from "../testing/standings.ts";
import type { Source } from "./claims.ts";
import { refuseAdministration, refuseDelegated } from "./token-limits.ts";

describe("T82: an application administers", () => {
  const asked = async (source: Source, clientId: string | null, admins: readonly string[]) =>
    refuseAdministration({ source, clientId, actor: null }, new Set(admins));

  it.each<[string, Source, string | null, string[]]>([
    ["if it is listed", "auth0", "console", ["other", "console"]],
    ["with a legacy token if `platform` is listed", "platform", null, ["platform"]],
    ["with a test-mode token if `test` is listed", "test", "any", ["test"]],
  ])("%s", async (_, source, clientId, admins) => {
    expect(await reasonOf(asked(source, clientId, admins))).toBe("done");
  });

  it.each<[string, Source, string | null, string[]]>([
    ["if none is listed", "auth0", "console", []],
    ["if another one is", "auth0", "console", ["console2"]],
    ["if its token does not name it", "auth0", null, ["console", "platform", "test"]],
    ["with the name of the entry for legacy tokens", "auth0", "platform", ["platform"]],
    ["with the name of the entry for test-mode tokens", "auth0", "test", ["test"]],
    ["with a legacy token that names a listed application", "platform", "console", ["console", "test"]],
    ["with a test-mode token that names a listed application", "test", "console", ["console", "platform"]],
  ])("never %s", async (_, source, clientId, admins) => {
    expect(await reasonOf(asked(source, clientId, admins))).toBe("CLIENT_NOT_ALLOWED");
  });
});

it.each<[Source, string | null, string]>([
  ["auth0", "reports", "the application reports is not in ADMIN_CLIENT_IDS"],
  ["auth0", null, "the application that the token does not name is not in ADMIN_CLIENT_IDS"],
  ["platform", "reports", "platform is not in ADMIN_CLIENT_IDS"],
])("the log says of a token of %s for %s which entry is missing", (source, clientId, detail) => {
  expect(() => refuseAdministration({ source, clientId, actor: null }, new Set())).toThrow(detail);
});

it("says why a person must act themselves where it is not a decision", () => {
  const delegated = { actor: { subject: null, clientId: null } };
  expect(() => refuseDelegated(delegated)).toThrow("a delegated token decides and stores nothing");
  expect(() => refuseDelegated(delegated, "not yet")).toThrow(
    expect.objectContaining({ message: "not yet", hint: "not yet" }),
  );
});

it("T81: a delegated token never administers, whatever its application", async () => {
  const delegated = { source: "auth0", actor: { subject: null, clientId: null } } as const;
  for (const clientId of ["console", "other"]) {
    const asked = async () => refuseAdministration({ ...delegated, clientId }, new Set(["console"]));
    expect(await reasonOf(asked())).toBe("DELEGATION_NOT_ALLOWED");
  }
});

it("T81: a delegated token decides nothing, and the user's own decides", async () => {
  const decided = async (actor: Parameters<typeof refuseDelegated>[0]["actor"]) => refuseDelegated({ actor });
  expect(await reasonOf(decided({ subject: null, clientId: null }))).toBe("DELEGATION_NOT_ALLOWED");
  expect(await reasonOf(decided(null))).toBe("done");
});
