import type { Role } from "@platform-api/client";
import { expect, it } from "vitest";
import type { Connection } from "./connection.ts";
import { connectionChoices } from "./connection-choices.ts";

it.each<[Role, Connection["state"], Connection["origin"], string]>([
  ["owner", "enabled", "self-service", "test rename off remove"],
  ["owner", "disabled", "self-service", "(test) rename on remove"],
  ["admin", "enabled", "self-service", "test rename (off) (remove)"],
  ["owner", "enabled", "operator", "test (rename) (off) (remove)"],
])("an %s may do with a connection that is %s, of origin %s: %s", (role, state, origin, expected) => {
  const connection: Connection = {
    name: "okta",
    displayName: "Okta",
    strategy: "okta",
    waitingFor: null,
    testedAt: null,
    state,
    origin,
  };
  const choices = connectionChoices(connection, role);
  expect(choices.map(({ id, isDisabled }) => (isDisabled ? `(${id})` : id)).join(" ")).toBe(expected);
  expect(
    choices.every(({ isDisabled, note }) => isDisabled === (note === undefined ? undefined : true)),
  ).toBe(true);
});
