/** What a hostile client sends beside its credentials. */
export interface Smuggled {
  readonly query?: string;
  /** Names and values in turn. */
  readonly headers?: readonly string[];
}

/** A user of another organization, whom the client would like to be. */
export const VICTIM = "7d9c1f52-8a3b-4e6d-9f10-2b4c6d8e0f1a";

const NAMES = [
  ["User", "Id", VICTIM],
  ["Organization", "Id", "globex"],
  ["Organization", "Role", "owner"],
  ["Actor", "Client", VICTIM],
] as const;
const SEPARATORS = ["-", "_", "."];

/** The four headers with these characters for both hyphens. */
const spelt = (one: string, two: string) =>
  NAMES.flatMap(([first, second, value]) => [`X${one}${first}${two}${second}`, value]);

export const SMUGGLING: Readonly<Record<string, Smuggled>> = {
  nothing: {},
  "X-User-Id": { headers: ["X-User-Id", VICTIM] },
  x_user_id: { headers: ["x_user_id", VICTIM] },
  "X.User.Id": { headers: ["X.User.Id", VICTIM] },
  "X-Organization-Id": { headers: ["X-Organization-Id", "globex"] },
  "X-Organization-Role": { headers: ["X-Organization-Role", "owner"] },
  "X-Actor-Client": { headers: ["X-Actor-Client", VICTIM] },
  "no actor": { headers: ["X-Actor-Client", "", "X-Actor-Client", ""] },
  "every spelling": { headers: SEPARATORS.flatMap((one) => SEPARATORS.flatMap((two) => spelt(one, two))) },
  "all of it twice": {
    headers: [...spelt("-", "-"), ...spelt("-", "-"), ...spelt("_", "_"), ...spelt("_", "_")],
  },
  "odd case": {
    headers: [
      "x-UsEr-iD",
      VICTIM,
      "X-ORGANIZATION-ID",
      "globex",
      "x-organization-rOLE",
      "owner",
      "x-aCTOR-cLIENT",
      VICTIM,
    ],
  },
  "an empty identity": { headers: ["X-User-Id", "", "X-User-Id", VICTIM] },
  "Connection: X-User-Id": {
    headers: [
      "Connection",
      "close, X-User-Id, X-Organization-Id, X-Organization-Role, X-Actor-Client, Authorization",
    ],
  },
  "the query of forward-auth": { query: "?organizationId=globex&role=owner" },
  "the requirements of Envoy": {
    headers: ["X-Require-Organization-Id", "globex", "X-Require-Role", "owner"],
  },
  "X-Forwarded-Method and -Uri": {
    headers: ["X-Forwarded-Method", "OPTIONS", "X-Forwarded-Uri", "/livez", "X-Original-Url", "/livez"],
  },
  "the ids of a request": { headers: ["X-Request-Id", VICTIM, "X-Request-Id", VICTIM] },
};
