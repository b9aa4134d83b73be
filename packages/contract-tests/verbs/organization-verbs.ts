import { BARN, INN, MILL } from "./company.ts";
import { call, command, type Verb } from "./verb.ts";
import type { VerbWorld } from "./world.ts";

const domain = (name: string) => () => ({ domain: `${name}.example` });
const connection =
  (which: keyof VerbWorld["connections"], change: object = {}) =>
  ({ connections }: VerbWorld) => ({ name: connections[which], ...change });

/** A name, a domain and a connection more, and somebody who is invited. */
const APPLIED = [
  {
    id: MILL,
    name: "The Mill",
    domains: ["mill.example", "wheel.example"],
    connections: ["mill-entra", "mill-okta"].map((name) => ({ name, strategy: "waad", displayName: MILL })),
    members: ["owner", "second", "third"].map((who) => ({ email: `${who}@mill.example`, role: "owner" })),
  },
];

/** Changes of settings, domains and connections. */
export const ORGANIZATION_VERBS: Readonly<Record<string, Verb>> = {
  "settings change": {
    subject: "settings",
    run: call("owner", "update", { input: () => ({ name: "The Mill", jit: false }) }),
    commits: [["organization-updated"]],
  },
  "SSO is enforced": {
    subject: "settings",
    run: call("owner", "update", { input: () => ({ enforceSso: true }) }),
    commits: [["organization-updated"]],
  },
  "an organization gets an Auth0 id": {
    subject: "settings",
    run: command(() => ["org", "set", INN, "--auth0-org-id", "org_inn"]),
    commits: [["organization-updated"]],
  },
  "an organization is closed": {
    subject: "settings",
    run: command(() => ["org", "close", MILL, "--yes"]),
    commits: [["organization-closed"]],
  },
  "an organization is reopened": {
    subject: "settings",
    run: command(() => ["org", "reopen", BARN]),
    commits: [["organization-reopened"]],
  },
  "an owner asks to close an organization": {
    subject: "settings",
    run: call("owner", "close", { input: () => ({ name: MILL }) }),
    commits: [["closing-requested"]],
  },
  "an owner keeps an organization open": {
    subject: "settings",
    prepare: call("owner", "close", { input: () => ({ name: MILL }) }),
    run: call("owner", "keepOpen"),
    commits: [["closing-called-off"]],
  },
  "an organization is created": {
    subject: "settings",
    run: command(() => ["org", "create", "new", "--name", "New", "--owner", "owner@new.example"]),
    commits: [["organization-created"], ["invitation-sent"]],
    invitesTwice: true,
  },
  "a file is applied": {
    subject: "settings",
    run: (at, { file }) =>
      at.cli(["org", "apply", file("organizations.json", { organizations: APPLIED }), "--yes"]),
    commits: [
      ["invitation-revoked"],
      ["organization-updated"],
      ["domain-verified"],
      ["connection-enabled"],
      ["invitation-sent"],
    ],
  },
  "a domain is claimed": {
    subject: "domains",
    run: call("admin", "domains.claim", { input: domain("new") }),
    commits: [["domain-claimed"]],
  },
  "a check verifies a domain": {
    subject: "domains",
    run: call("owner", "domains.check", { input: domain("claimed") }),
    commits: [["domain-verified"]],
  },
  "a check misses the record of a domain": {
    subject: "domains",
    run: call("owner", "domains.check", { input: domain("proved") }),
    commits: [[]],
  },
  "a claim is released": {
    subject: "domains",
    run: call("owner", "domains.release", { input: domain("claimed") }),
    commits: [["domain-released"]],
  },
  "a domain is released": {
    subject: "domains",
    run: call("owner", "domains.release", { input: domain("proved") }),
    commits: [["domain-released"]],
  },
  "the daily check misses a domain": {
    subject: "domains",
    run: command(() => ["domain", "recheck"]),
    commits: [["domain-missing"], []], // and that the run has ended
  },
  "the daily check lets a domain lapse": {
    subject: "domains",
    prepare: command(() => ["domain", "recheck"]),
    run: command(() => ["domain", "recheck"], { DOMAIN_GRACE_MS: "1" }),
    commits: [["domain-lapsed"], []],
  },
  "a connection is renamed": {
    subject: "connections",
    run: call("admin", "connections.update", {
      input: connection("own", { displayName: "Ours" }),
    }),
    commits: [["connection-updated"]],
  },
  "a connection is switched off": {
    subject: "connections",
    run: call("owner", "connections.update", {
      input: connection("own", { enabled: false }),
    }),
    commits: [["connection-disabled"]],
  },
  "a connection is tested": {
    subject: "connections",
    run: call("admin", "connections.test", {
      input: async ({ connections, bySaml }) => ({
        name: connections.own,
        token: await bySaml(),
      }),
    }),
    commits: [["connection-tested"]],
    isRepeated: true,
  },
  "a connection is removed": {
    subject: "connections",
    run: call("owner", "connections.remove", { input: connection("own") }),
    commits: [["connection-removed"]],
  },
  "a connection is begun": {
    subject: "set-up",
    run: call("innOwner", "connections.begin", {
      input: () => ({ displayName: "Own" }),
      organizationId: INN,
    }),
    commits: [[], ["organization-updated"], ["connection-begun"]],
    waits: "CONFLICT",
    takesBack: true,
  },
  "a connection is finished": {
    subject: "set-up",
    run: call("admin", "connections.get", { input: connection("pending") }),
    commits: [[], [], ["connection-enabled"]],
    waits: "OK",
  },
  "a set-up is removed": {
    subject: "set-up",
    run: call("owner", "connections.remove", { input: connection("pending") }),
    commits: [["connection-removed"], []],
  },
};
