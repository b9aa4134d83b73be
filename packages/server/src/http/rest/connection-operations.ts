import type { RouterInputs, RouterOutputs } from "../../trpc/index.ts";
import { IN_ACME } from "./examples.ts";
import { tagged } from "./operation.ts";

type Inputs = RouterInputs["org"]["connections"];
type Outputs = RouterOutputs["org"]["connections"];
type Body<Input> = Omit<Input, "organizationId" | "name">;

const CONNECTIONS = "/organizations/{organizationId}/connections";
const CONNECTION = `${CONNECTIONS}/{name}`;
const ACME_SSO = { ...IN_ACME, name: "acme-k3v9q2xw" };

const ENABLED: Outputs["get"] = {
  name: ACME_SSO.name,
  strategy: "waad",
  displayName: "Acme (Entra ID)",
  state: "enabled",
  waitingFor: null,
  testedAt: "2026-11-25T12:00:00.000Z",
  origin: "self-service",
};
const PENDING: Outputs["get"] = {
  ...ENABLED,
  strategy: null,
  state: "pending",
  waitingFor: "connection",
  testedAt: null,
};

const BY_ROLE = ["CLIENT_NOT_ALLOWED", "NOT_A_MEMBER", "ROLE_REQUIRED"] as const;

/** How the people of an organization sign in. */
export const CONNECTION_OPERATIONS = tagged("Connections", [
  {
    operationId: "listConnections",
    method: "get",
    path: CONNECTIONS,
    procedure: "org.connections.list",
    summary: "List the SSO connections of an organization",
    description:
      "For admins, by name, with the one that is being set up. A change may take a second to appear.",
    input: { path: IN_ACME satisfies Inputs["list"] },
    answer: {
      name: "Connections",
      description: "The connections",
      examples: {
        connections: [ENABLED, { ...PENDING, name: "acme-7h2m4d8s", displayName: "Acme (Okta)" }],
      } satisfies Record<string, Outputs["list"]>,
    },
    reasons: BY_ROLE,
  },
  {
    operationId: "beginConnection",
    method: "post",
    path: CONNECTIONS,
    procedure: "org.connections.begin",
    summary: "Begin to set up a connection",
    description:
      "For owners of an organization with a verified domain. `setupUrl` is where the identity provider is set up. It is a " +
      "secret and is answered only once. Then get the connection until its `state` is `enabled`. `CONFLICT` while another " +
      "set-up is pending; `NOT_READY` also where this server is not connected to Auth0's Management API.",
    input: { path: IN_ACME, body: { displayName: "Acme (Entra ID)" } } satisfies {
      path: object;
      body: Body<Inputs["begin"]>;
    },
    answer: {
      name: "BegunConnection",
      description: "The pending connection, and where to set it up",
      examples: {
        begun: {
          ...PENDING,
          waitingFor: null,
          setupUrl: "https://auth.example/self-service/connections-flow?ticket=example",
          setupExpiresAt: "2026-11-25T13:00:00.000Z",
        } satisfies Outputs["begin"],
      },
    },
    reasons: [...BY_ROLE, "NOT_READY", "CONFLICT", "LIMIT_REACHED", "AUTH0_UNAVAILABLE"],
  },
  {
    operationId: "connection",
    method: "get",
    path: CONNECTION,
    procedure: "org.connections.get",
    summary: "One connection",
    description:
      "For admins. This call finishes a set-up once Auth0 has all of it; until then `waitingFor` says what is missing. Auth0 is " +
      "asked at most every five seconds.",
    input: { path: ACME_SSO satisfies Inputs["get"] },
    answer: {
      name: "Connection",
      description: "The connection",
      examples: { enabled: ENABLED, "being set up": PENDING },
    },
    reasons: [...BY_ROLE, "NOT_FOUND", "AUTH0_UNAVAILABLE"],
  },
  {
    operationId: "updateConnection",
    method: "patch",
    path: CONNECTION,
    procedure: "org.connections.update",
    summary: "Rename a connection, or switch it on or off",
    description:
      "Changes only what the body names. An admin changes `displayName`, an owner `enabled`. `ROLE_REQUIRED` also for a " +
      "connection of an operator, `NOT_READY` where nobody could sign in afterwards.",
    input: {
      path: ACME_SSO,
      body: { displayName: "Acme (Entra ID)", enabled: true },
    } satisfies { path: object; body: Body<Inputs["update"]> },
    answer: {
      name: "Connection",
      description: "The connection as it is now",
      examples: {
        "switched off": { ...ENABLED, state: "disabled" },
      } satisfies Record<string, Outputs["update"]>,
    },
    reasons: [...BY_ROLE, "NOT_FOUND", "NOT_READY"],
  },
  {
    operationId: "testConnection",
    method: "post",
    path: `${CONNECTION}/test`,
    procedure: "org.connections.test",
    summary: "Test a connection with a login",
    description:
      "For admins. `token` is an access token of a login through the connection, at most five minutes old. The answer judges " +
      "it rule by rule, as a login does. For a connection that the organization has set up, Auth0 must still have the same one. " +
      "Nothing of it is stored, except that the test passed.",
    input: { path: ACME_SSO, body: { token: "eyJhbGciOiJSUzI1NiJ9.e30.AAAA" } } satisfies {
      path: object;
      body: Body<Inputs["test"]>;
    },
    answer: {
      name: "ConnectionTest",
      description: "Whether people can sign in through the connection",
      examples: {
        passed: {
          passed: true,
          steps: [{ rule: "The address is in a verified domain", ok: true, saw: "acme.example", fix: "" }],
        },
        failed: {
          passed: false,
          steps: [
            {
              rule: "The token is of this connection",
              ok: false,
              saw: "another sign-in",
              fix: "Sign in through the connection, then test again",
            },
          ],
        },
      } satisfies Record<string, Outputs["test"]>,
    },
    reasons: [...BY_ROLE, "NOT_FOUND", "NOT_READY", "AUTH0_UNAVAILABLE"],
  },
  {
    operationId: "removeConnection",
    method: "delete",
    path: CONNECTION,
    procedure: "org.connections.remove",
    summary: "Remove a connection, or stop its set-up",
    description:
      "For owners. Its tokens are refused from now on; at Auth0 it stays with its users until an operator deletes it. " +
      "`ROLE_REQUIRED` also for a connection of an operator, `NOT_READY` where nobody could sign in afterwards. After " +
      "`AUTH0_UNAVAILABLE` it is removed here, and the call can be repeated. A body needs no fields.",
    input: { path: ACME_SSO satisfies Inputs["remove"] },
    answer: {
      name: "RemovedConnection",
      description: "Nothing",
      examples: { removed: {} satisfies Outputs["remove"] },
    },
    reasons: [...BY_ROLE, "NOT_FOUND", "NOT_READY", "AUTH0_UNAVAILABLE"],
  },
]);
