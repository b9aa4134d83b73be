// @vitest-environment happy-dom
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type Service, startService } from "../testing/service.ts";
import { handOverTestSignIn, signInForTest, type TestSignInEnd } from "./test-sign-in.ts";

let issuer: Service;
let aborting: AbortController;

beforeAll(async () => {
  issuer = await startService();
});
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  aborting = new AbortController();
  issuer.asked.length = 0;
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  issuer.replies = {
    "/.well-known/openid-configuration": {
      body: {
        issuer: `${issuer.url}/`,
        authorization_endpoint: `${issuer.url}/authorize`,
        token_endpoint: `${issuer.url}/token`,
      },
    },
    "/token": {
      body: {
        access_token: "fresh",
        token_type: "Bearer",
        id_token: `${part({})}.${part({ sub: "okta|1" })}.x`,
      },
    },
  };
});
afterEach(() => {
  aborting.abort();
  history.replaceState(null, "", "/");
});
afterAll(() => issuer.close());

/** Begins a test. `popup` is the window that it was given. */
async function begin(onClosed = () => {}) {
  const sent: string[] = [];
  const popup = { closed: false, location: { replace: (url: string) => sent.push(url) }, close: vi.fn() };
  const ending = signInForTest({
    config: {
      issuer: `${issuer.url}/`,
      clientId: "platform-frontend",
      audience: "https://platform-api.example",
    },
    popup,
    route: { connection: "acme-okta", organization: "org_1", login_hint: "jane@acme.com" },
    signal: aborting.signal,
    onClosed,
  });
  ending.catch(() => {});
  await expect.poll(() => sent.length).toBe(1);
  return { popup, ending, authorize: new URL(sent[0] ?? "").searchParams };
}

/** What the page of the callback does in the window. */
function comeBack(answer: Record<string, string>): boolean {
  history.replaceState(null, "", `/callback?${new URLSearchParams(answer)}`);
  return handOverTestSignIn();
}

it("asks for a fresh sign-in through the connection, without a refresh token", async () => {
  const { authorize } = await begin();
  expect(Object.fromEntries(authorize)).toMatchObject({
    connection: "acme-okta",
    organization: "org_1",
    login_hint: "jane@acme.com",
    prompt: "login",
    audience: "https://platform-api.example",
    scope: "openid profile email",
    response_type: "code",
    redirect_uri: `${location.origin}/callback`,
    code_challenge_method: "S256",
  });
});

it.each<[string, Record<string, string>, TestSignInEnd]>([
  ["a code", { code: "c" }, { kind: "signedIn", token: "fresh" }],
  [
    "a refusal",
    { error: "access_denied", error_description: "Not assigned" },
    { kind: "refused", saw: "Not assigned" },
  ],
  ["a refusal without words", { error: "access_denied" }, { kind: "refused", saw: "access_denied" }],
  ["an outage", { error: "temporarily_unavailable" }, { kind: "unavailable" }],
])("ends with %s, closes the window and stores nothing", async (_, answer, end) => {
  const { popup, ending, authorize } = await begin();
  expect(comeBack({ ...answer, state: authorize.get("state") ?? "" })).toBe(true);
  expect(location.search).toBe("");
  await expect(ending).resolves.toEqual(end);
  expect(popup.close).toHaveBeenCalled();
  expect([sessionStorage.length, localStorage.length]).toEqual([0, 0]);
});

it("is unavailable when the code cannot be used", async () => {
  issuer.replies["/token"] = "reset";
  const { ending, authorize } = await begin();
  comeBack({ code: "c", state: authorize.get("state") ?? "" });
  await expect(ending).resolves.toEqual({ kind: "unavailable" });
});

it("ignores the answer of another test, and takes its own after the window seemed closed", async () => {
  let closed = 0;
  const { popup, ending, authorize } = await begin(() => {
    closed += 1;
  });
  expect(comeBack({ code: "c", state: "another;test-sign-in" })).toBe(true);
  popup.closed = true;
  await expect.poll(() => closed).toBe(1);
  comeBack({ code: "c", state: authorize.get("state") ?? "" });
  await expect(ending).resolves.toEqual({ kind: "signedIn", token: "fresh" });
});

it("ends when it is cancelled, and closes the window", async () => {
  const { popup, ending } = await begin();
  aborting.abort();
  await expect(ending).rejects.toThrow();
  expect(popup.close).toHaveBeenCalled();
});

it.each(["/callback?code=c&state=abc", "/callback", "/o/acme/sign-in?state=abc;test-sign-in"])(
  "leaves %s to the session",
  (path) => {
    history.replaceState(null, "", path);
    expect(handOverTestSignIn()).toBe(false);
    expect(`${location.pathname}${location.search}`).toBe(path);
  },
);
