import { deepStrictEqual } from "node:assert/strict";
import { createPlatformClient, type PlatformClient } from "@platform-api/client";
import type { Issuer } from "../simulator/issuer.ts";
import { fresh, logins } from "../simulator/people.ts";
import { bodyOf, type Call, keptConnection, send, unlessStoreIsSlow } from "./load.ts";

const FIRST_LOGIN_PAUSE_MS = 300;
/** A user may make 60 changes a minute. */
const CHANGE_PAUSE_MS = 1_500;

/** The users of Acme, whom the clients of the load act for. */
export interface Users {
  /** A call of each kind, for known users and for new ones. */
  readonly calls: readonly Call[];
  /** The UUID of everybody who has signed in for the first time under load, by token. */
  readonly newcomers: ReadonlyMap<string, string>;
  /** The role that the owner gave last, and the user who has it. */
  readonly lastChange: { readonly userId: string; readonly role: string };
  /** The UUIDs of users who were known before, by token. */
  readonly known: ReadonlyMap<string, string>;
}

/** Signs some users in, who are known from then on. */
export async function signIn(issuer: Issuer, url: string): Promise<Users> {
  const login = logins({ issuer });
  const join = async (email: string) => {
    const token = await login.entra(email);
    return { token, userId: String(bodyOf(await send(url, { path: "/validate", token })).userId) };
  };
  // One after the other, because the process has just started.
  const owner = await join("boss@acme.example");
  const member = await join(`${fresh("known")}@acme.example`);
  const known = [owner, member];
  for (let more = 0; more < 4; more += 1) known.push(await join(`${fresh("known")}@acme.example`));
  const newcomers = new Map<string, string>();
  let lastChange = { userId: member.userId, role: "member" };

  const firstLogin: Call = {
    name: "first login",
    pauseMs: FIRST_LOGIN_PAUSE_MS,
    async send() {
      const token = await login.entra(`${fresh("new")}@acme.example`);
      const { userId, organizationId } = bodyOf(await send(url, { path: "/validate", token }));
      deepStrictEqual({ organizationId, isKnown: known.some((user) => user.userId === userId) }, FIRST);
      newcomers.set(token, String(userId));
    },
  };
  const roleChange: Call = {
    name: "change of a role",
    pauseMs: CHANGE_PAUSE_MS,
    async send() {
      const role = lastChange.role === "member" ? "admin" : "member";
      const input = { organizationId: "acme", userId: member.userId, role } as const;
      const changed = await client(url, owner.token).org.members.setRole.mutate(input);
      deepStrictEqual(changed.role, role);
      lastChange = { userId: member.userId, role };
    },
  };
  return {
    calls: [...callsOf(url, known), firstLogin, roleChange],
    newcomers,
    known: new Map(known.map(({ token, userId }) => [token, userId])),
    get lastChange() {
      return lastChange;
    },
  };
}

const FIRST = { organizationId: "acme", isKnown: false };

/** Calls of known users, each of whom must stay who they are. */
function callsOf(url: string, known: readonly { token: string; userId: string }[]): readonly Call[] {
  let serial = 0;
  const next = () => {
    serial += 1;
    return known[serial % known.length] ?? { token: "", userId: "" };
  };
  const rest = (agent?: ReturnType<typeof keptConnection>) => async () => {
    const { token, userId } = next();
    deepStrictEqual(bodyOf(await send(url, { path: "/validate", token }, agent)).userId, userId);
  };
  return [
    { name: "validate over a kept connection", send: rest(keptConnection()) },
    { name: "validate over another kept connection", send: rest(keptConnection()) },
    { name: "validate", send: rest() },
    {
      name: "auth.validate",
      async send() {
        const { token, userId } = next();
        deepStrictEqual((await client(url, token).auth.validate.query()).userId, userId);
      },
    },
    {
      name: "auth.check",
      async send() {
        const answer = await client(url, next().token).auth.check.query({ organizationId: "acme" });
        deepStrictEqual(answer.allowed, true);
      },
    },
    {
      name: "org.me",
      async send() {
        const { token, userId } = next();
        const { user, organizations } = await client(url, token).org.me.query();
        deepStrictEqual([user.userId, organizations.map(({ id }) => id)], [userId, ["acme"]]);
      },
    },
    {
      name: "discovery",
      async send() {
        const body = { email: "anybody@acme.example" };
        const answer = bodyOf(await send(url, { path: "/public/auth/discover", body }));
        deepStrictEqual(JSON.stringify(answer).includes("acme-entra"), true);
      },
    },
  ];
}

/** A client that repeats nothing unless the store is slow, and whose requests have connections of their own. */
function client(url: string, token: string): PlatformClient {
  return createPlatformClient({
    url,
    token,
    retries: 0,
    timeoutMs: 10_000,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set("connection", "close");
      return unlessStoreIsSlow(
        () => fetch(input, { ...init, headers }),
        (response) => response.clone().text(),
      );
    },
  });
}
