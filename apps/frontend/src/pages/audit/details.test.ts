import { expect, it } from "vitest";
import { exactTime } from "../../design/text/time-ago.tsx";
import { detailsOf } from "./details.ts";
import { entryOf } from "./entry-shape.fixture.ts";

const ENTRY = entryOf({ id: "e1", actor: "user:u1", action: "connection-tested", connection: "acme-okta" });
const names = {
  user: () => ({ name: "Jane", address: "jane@acme.example" }),
  invitee: () => "someone",
  inviter: (invitationId: string) => (invitationId === "i" ? "u1" : null),
  connection: (name: string) => (name === "acme-okta" ? "Okta" : name),
};

it("says of an id what it stands for, and keeps the id", () => {
  const details = detailsOf(ENTRY, names).map(({ name, value, note }) => [name, note, value]);
  expect(details).toEqual([
    ["Action", undefined, "Connection tested"],
    ["Time", exactTime(ENTRY.at), ENTRY.at],
    ["Done by", "\u2068Jane\u2069 (jane@acme.example)", "u1"],
    ["Connection", "Okta", "acme-okta"],
    ["Entry ID", undefined, "e1"],
  ]);
});

it("says through which application it was done, where that is known", () => {
  const details = detailsOf({ ...ENTRY, via: "console" }, names);
  expect(details.map(({ name }) => name).slice(2, 5)).toEqual(["Done by", "Application", "Connection"]);
  expect(details[3]).toEqual({ name: "Application", value: "console", isId: true });
});

it("does not say the name of an unknown connection twice", () => {
  const details = detailsOf({ ...ENTRY, connection: "gone" }, names);
  expect(details.find(({ name }) => name === "Connection")).toEqual({
    name: "Connection",
    value: "gone",
    isId: true,
  });
});

it.each([
  ["login", "i", ["Invited by", "Invitation ID"]],
  ["user:u1", "i", ["Invitation ID"]],
  ["login", "of an operator", ["Invitation ID"]],
])(
  "says of what %s did by the invitation %j who sent it, where that is not said yet",
  (actor, invitationId, said) => {
    const entry = entryOf({ id: "e1", action: "invitation-accepted", actor, invitationId });
    const named = detailsOf(entry, names).filter(({ name }) => name.startsWith("Invit"));
    expect(named.map(({ name }) => name)).toEqual(said);
    expect(named.find(({ name }) => name === "Invited by")?.value).toBe(said.length > 1 ? "u1" : undefined);
  },
);
