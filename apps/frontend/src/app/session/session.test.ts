// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { linkOfHint, takeEmailHint } from "../../sign-in/email-hint.ts";
import { passwordRoute } from "../../sign-in/sign-in-options.tsx";
import { type Reply, type Service, startService } from "../../testing/service.ts";
import { errorReason } from "../problems/error-reason.ts";
import { RunsError } from "../problems/runs-error.ts";
import { renewingToken } from "../renewing-token.ts";
import { forgetRoute, rememberRoute } from "./last-route.ts";
import { Session } from "./session.ts";
import type { SignInRoute } from "./sign-in-route.ts";

const ROUTE: SignInRoute = {
  connection: "acme-entra",
  organization: "org_acme",
  login_hint: "jane@acme.example",
};
let issuer: Service;

beforeAll(async () => {
  issuer = await startService();
});
beforeEach(() => {
  issuer.asked.length = 0;
  issuer.replies = {
    "/.well-known/openid-configuration": {
      body: {
        issuer: `${issuer.url}/`,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/oauth/token`,
      },
    },
    "/oauth/token": { body: tokens("first") },
  };
  history.replaceState(null, "", "/runs/7?search=a%20b");
});
afterEach(() => {
  vi.restoreAllMocks();
  sessionStorage.clear();
  localStorage.clear();
});
afterAll(() => issuer.close());

function tokens(accessToken: string, email: string | null = "jane@acme.example") {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: `${issuer.url}/`, aud: "platform-frontend", sub: "waad|1", iat: now, exp: now + 60 };
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return {
    access_token: accessToken,
    refresh_token: "refresh",
    token_type: "Bearer",
    id_token: `${part({ alg: "RS256" })}.${part({ ...claims, email })}.signature`,
  };
}

function newSession(): Session {
  return new Session({
    issuer: `${issuer.url}/`,
    clientId: "platform-frontend",
    audience: "https://platform-api.example",
  });
}

/** Leaves for the issuer. @returns the address that the browser was sent to */
async function leave(session: Session, route: SignInRoute): Promise<URL> {
  const assign = vi.spyOn(location, "assign").mockImplementation(() => {});
  const leaving = session.signIn(route);
  await expect.poll(() => assign.mock.calls.length).toBe(1);
  dispatchEvent(new Event("pageshow"));
  await leaving;
  return new URL(String(assign.mock.calls[0]?.[0]));
}

/** Comes back from the issuer with an answer. */
async function comeBack(session: Session, answer: Record<string, string>) {
  const { searchParams } = await leave(session, ROUTE);
  const state = searchParams.get("state") ?? "";
  history.replaceState(null, "", `/callback?${new URLSearchParams({ ...answer, state })}`);
  return session.arrive();
}

describe("Session: sign-in", () => {
  it.each<[string, SignInRoute, object]>([
    ["SSO", ROUTE, { connection: "acme-entra", organization: "org_acme" }],
    ["SSO without an organization", { ...ROUTE, organization: undefined }, { organization: undefined }],
    [
      "a password",
      passwordRoute("jane@acme.example"),
      { connection: "Username-Password-Authentication", organization: undefined, screen_hint: undefined },
    ],
    [
      "an account to be created",
      { ...passwordRoute("jane@acme.example"), screen_hint: "signup" },
      { connection: "Username-Password-Authentication", screen_hint: "signup" },
    ],
  ])("requests exactly the chosen route for %s", async (_, route, expected) => {
    const { pathname, searchParams } = await leave(newSession(), route);
    expect(pathname).toBe("/authorize");
    expect({
      organization: undefined,
      screen_hint: undefined,
      ...Object.fromEntries(searchParams),
    }).toMatchObject({
      login_hint: "jane@acme.example",
      audience: "https://platform-api.example",
      scope: "openid profile email offline_access",
      response_type: "code",
      code_challenge_method: "S256",
      redirect_uri: `${location.origin}/callback`,
      ...expected,
    });
  });

  it("returns to the page where the sign-in started, and survives a reload", async () => {
    const arrival = { kind: "signedIn", email: "jane@acme.example" };
    await expect(comeBack(newSession(), { code: "c" })).resolves.toEqual(arrival);
    expect(`${location.pathname}${location.search}`).toBe("/runs/7?search=a%20b");
    await expect(newSession().arrive()).resolves.toEqual(arrival);
  });

  it.each([
    [{ error: "access_denied" }, "SIGN_IN_REFUSED", "/runs/7"],
    [{ error: "temporarily_unavailable" }, "IDENTITY_PROVIDER_UNAVAILABLE", "/callback"],
  ])("reports the answer %o as %s, at %s", async (answer, problem, path) => {
    await expect(comeBack(newSession(), answer)).resolves.toEqual({ kind: "problem", problem });
    expect(location.pathname).toBe(path);
  });

  it("completes with the same code after an outage of the identity provider", async () => {
    const session = newSession();
    const { "/oauth/token": reply = "reset" } = issuer.replies;
    issuer.replies["/oauth/token"] = "reset";
    const problem = { kind: "problem", problem: "IDENTITY_PROVIDER_UNAVAILABLE" };
    await expect(comeBack(session, { code: "c" })).resolves.toEqual(problem);
    await expect(session.arrive()).resolves.toEqual(problem);
    issuer.replies["/oauth/token"] = reply;
    await expect(session.arrive()).resolves.toMatchObject({ kind: "signedIn" });
  });

  it.each([
    [
      "a used code",
      async () => {
        issuer.replies["/oauth/token"] = { status: 400, body: { error: "invalid_grant" } };
        return comeBack(newSession(), { code: "c" });
      },
    ],
    [
      "an unknown callback",
      async () => {
        history.replaceState(null, "", "/callback?code=c&state=unknown");
        return newSession().arrive();
      },
    ],
  ])("reports SIGN_IN_LOST for %s", async (_, arrive) => {
    await expect(arrive()).resolves.toEqual({ kind: "problem", problem: "SIGN_IN_LOST" });
  });

  it("keeps the user signed in when the back button leads to an old callback", async () => {
    await comeBack(newSession(), { code: "c" });
    history.replaceState(null, "", "/callback?code=c&state=used");
    await expect(newSession().arrive()).resolves.toMatchObject({ kind: "signedIn" });
    expect(location.pathname).toBe("/");
  });

  it("forget() signs the user out of this tab", async () => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    await session.forget();
    await expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });
  });

  it.each(["{not json", "null", "{}", "[]", "5", '{"access_token":"first"}', '{"profile":{"sub":"x"}}'])(
    "treats the stored value %s as signed out",
    async (damaged) => {
      await comeBack(newSession(), { code: "c" });
      const [key = ""] = Object.keys(sessionStorage).filter((each) => each.startsWith("oidc.user:"));
      sessionStorage.setItem(key, damaged);
      const session = newSession();
      await expect(session.arrive()).resolves.toEqual({ kind: "signedOut" });
      await expect(session.token.call(async (token) => token)).resolves.toBeNull();
    },
  );
});

describe("Session: a silent sign-in", () => {
  const SILENT_MS = 4_000;
  beforeEach(() => {
    rememberRoute(ROUTE);
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    vi.stubGlobal("stop", vi.fn());
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  /** Leaves for the issuer without a page. @returns the address that the browser was sent to */
  async function leaveSilently(session: Session, page?: string): Promise<URL> {
    const replace = vi.spyOn(location, "replace").mockImplementation(() => {});
    const leaving = session.signInSilently(ROUTE, page);
    await vi.waitUntil(() => replace.mock.calls.length > 0, { timeout: 10_000 });
    dispatchEvent(new Event("pageshow")); // of the page that leaves
    vi.advanceTimersByTime(SILENT_MS);
    await leaving;
    return new URL(String(replace.mock.calls[0]?.[0]));
  }

  async function comeBackSilently(answer: Record<string, string>, page?: string) {
    const state = (await leaveSilently(newSession(), page)).searchParams.get("state") ?? "";
    history.replaceState(null, "", `/callback?${new URLSearchParams({ ...answer, state })}`);
    return newSession().arrive();
  }
  const place = () => `${location.pathname}${location.search}`;

  it("requests the route with prompt=none, in place of this page of the history", async () => {
    const { searchParams } = await leaveSilently(newSession());
    expect(Object.fromEntries(searchParams)).toMatchObject({
      prompt: "none",
      connection: "acme-entra",
      organization: "org_acme",
      login_hint: "jane@acme.example",
    });
  });

  it("signs in and returns to the page and its search", async () => {
    const arrival = { kind: "signedIn", email: "jane@acme.example" };
    await expect(comeBackSilently({ code: "c" })).resolves.toEqual(arrival);
    expect(place()).toBe("/runs/7?search=a%20b");
    await expect(newSession().arrive()).resolves.toEqual(arrival);
  });

  it.each([{ code: "c" }, { error: "login_required" }])(
    "returns with %j to the link of an invitation for another address",
    async (answer) => {
      await comeBackSilently(answer, linkOfHint("joe+1@acme.example"));
      expect(takeEmailHint()).toBe("joe+1@acme.example");
    },
  );

  it.each([
    "login_required",
    "interaction_required",
    "consent_required",
    "account_selection_required",
    "access_denied",
    "temporarily_unavailable",
  ])("means signed out, at the same page, if the answer is %s", async (error) => {
    await expect(comeBackSilently({ error })).resolves.toEqual({ kind: "signedOut" });
    expect(place()).toBe("/runs/7?search=a%20b");
  });

  it.each(["reset" as const, { status: 400, body: { error: "invalid_grant" } }])(
    "means signed out if the code is answered with %o",
    async (reply) => {
      issuer.replies["/oauth/token"] = reply;
      await expect(comeBackSilently({ code: "c" })).resolves.toEqual({ kind: "signedOut" });
    },
  );

  it.each([
    ["another address", "joe@acme.example"],
    ["no address", null],
  ])("means signed out, and stores nothing, if the identity provider answers with %s", async (_, email) => {
    issuer.replies["/oauth/token"] = { body: tokens("another", email) };
    const stored = vi.spyOn(Storage.prototype, "setItem");
    await expect(comeBackSilently({ code: "c" })).resolves.toEqual({ kind: "signedOut" });
    expect(stored.mock.calls.filter(([key]) => key.startsWith("oidc.user:"))).toEqual([]);
    await expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });
  });

  it("ignores the case of the address", async () => {
    issuer.replies["/oauth/token"] = { body: tokens("same", "Jane@Acme.example") };
    await expect(comeBackSilently({ code: "c" })).resolves.toMatchObject({ kind: "signedIn" });
  });

  it("means signed out if another tab signs out meanwhile", async () => {
    issuer.replies["/oauth/token"] = () => {
      forgetRoute();
      return { body: tokens("first") };
    };
    await expect(comeBackSilently({ code: "c" })).resolves.toEqual({ kind: "signedOut" });
    await expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });
  });

  it("gives up when the issuer is unreachable, and does not leave afterwards when it is slow", async () => {
    const replace = vi.spyOn(location, "replace").mockImplementation(() => {});
    issuer.replies["/.well-known/openid-configuration"] = "reset";
    await newSession().signInSilently(ROUTE);
    const metadata = inFlight({ authorization_endpoint: `${issuer.url}/authorize` });
    issuer.replies["/.well-known/openid-configuration"] = metadata.reply;
    const leaving = newSession().signInSilently(ROUTE);
    await metadata.isAsked();
    vi.advanceTimersByTime(SILENT_MS);
    await leaving;
    metadata.send();
    await expect.poll(() => issuer.asked.length).toBe(2);
    expect(replace).not.toHaveBeenCalled();
  });

  it("gives up a code that is not answered in time, and ignores its answer", async () => {
    const answer = inFlight(tokens("late"));
    issuer.replies["/oauth/token"] = answer.reply;
    const arriving = comeBackSilently({ code: "c" });
    await answer.isAsked();
    vi.advanceTimersByTime(SILENT_MS);
    await expect(arriving).resolves.toEqual({ kind: "signedOut" });
    answer.send();
    await expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });
  });
});

describe("Session: sign-out", () => {
  it("tells the other tabs which subject signed out", async () => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    const heard: unknown[] = [];
    const channel = new BroadcastChannel("platform.sign-out");
    channel.onmessage = ({ data }) => heard.push(data);
    await expect(session.signOut()).rejects.toThrow(); // an issuer without a page for it
    await expect.poll(() => heard).toEqual(["waad|1"]);
    channel.close();
    await expect(session.arrive()).resolves.toEqual({ kind: "signedOut" });
  });

  it("ends this session when it happens in another tab, for the same subject only", async () => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    let signOuts = 0;
    session.whenSignedOutElsewhere(() => {
      signOuts += 1;
    });
    const otherTab = new BroadcastChannel("platform.sign-out");
    for (const subject of [undefined, "waad|2", "waad|1"]) otherTab.postMessage(subject);
    await expect.poll(() => signOuts).toBe(1);
    otherTab.close();
    await expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });
  });
});

/** A reply that is held back until `send`. */
function inFlight(body: unknown) {
  const { promise, resolve } = Promise.withResolvers<Reply>();
  const asked = vi.fn(() => promise);
  return {
    reply: asked,
    isAsked: () => expect.poll(() => asked.mock.calls.length).toBe(1),
    send: () => resolve({ body }),
  };
}

describe("Session: after a sign-out", () => {
  const staysSignedOut = async () => expect(newSession().arrive()).resolves.toEqual({ kind: "signedOut" });

  it.each<[string, (session: Session) => Promise<unknown>]>([
    ["forget()", (session) => session.forget()],
    ["signOut()", (session) => session.signOut().catch(() => {})], // an issuer without a page for it
  ])("ignores a renewal that completes after %s", async (_, leaveFor) => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    const renewal = inFlight(tokens("second"));
    issuer.replies["/oauth/token"] = renewal.reply;
    const call = session.token.call(() => Promise.reject(new RunsError("TOKEN_EXPIRED")));
    await renewal.isAsked();
    await leaveFor(session);
    renewal.send();
    await expect(call).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    await staysSignedOut();
  });

  it("ignores a sign-in that completes after the user chose another address", async () => {
    const session = newSession();
    const answer = inFlight(tokens("first"));
    issuer.replies["/oauth/token"] = answer.reply;
    const arriving = comeBack(session, { code: "c" });
    await answer.isAsked();
    await session.forget();
    answer.send();
    await expect(arriving).resolves.toEqual({ kind: "signedOut" });
    expect(location.pathname).not.toBe("/callback");
    await staysSignedOut();
  });

  it("cancels a redirect that is still being prepared", async () => {
    const session = newSession();
    const assign = vi.spyOn(location, "assign").mockImplementation(() => {});
    const metadata = inFlight({ authorization_endpoint: `${issuer.url}/authorize` });
    issuer.replies["/.well-known/openid-configuration"] = metadata.reply;
    const leaving = session.signIn(ROUTE);
    await metadata.isAsked();
    await session.forget();
    metadata.send();
    await leaving;
    expect(assign).not.toHaveBeenCalled();
  });
});

describe("Session: an expired token", () => {
  const expired = new RunsError("TOKEN_EXPIRED");
  const ask = (session: Session) =>
    session.token.call(async (token) => {
      if (token === "first") throw expired;
      return token;
    });

  it("is renewed once by the refresh token, and the new token is stored", async () => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    issuer.replies["/oauth/token"] = { body: tokens("second") };
    await expect(Promise.all([ask(session), ask(session)])).resolves.toEqual(["second", "second"]);
    expect(issuer.asked.filter(({ body }) => body.includes("grant_type=refresh_token"))).toHaveLength(1);
    await expect(ask(newSession())).resolves.toBe("second");
  });

  it.each([
    ["refuses", { status: 400, body: { error: "invalid_grant" } }, false],
    ["does not answer", "reset" as const, true],
    ["is too busy", { status: 429, body: { error: "too_many_requests" } }, true],
    ["is behind a failing gateway", { status: 500, body: { error: "upstream" } }, true],
  ])("is reported as an outage when the identity provider %s: $2", async (_, reply, isUnanswered) => {
    const session = newSession();
    await comeBack(session, { code: "c" });
    issuer.replies["/oauth/token"] = reply;
    const asked = renewingToken(session).call(() => Promise.reject(expired));
    const error = await asked.catch((thrown: unknown) => thrown);
    expect(error === expired).toBe(!isUnanswered);
    expect(errorReason(error)).toBe(isUnanswered ? "IDENTITY_PROVIDER_UNAVAILABLE" : "TOKEN_EXPIRED");
  });
});
