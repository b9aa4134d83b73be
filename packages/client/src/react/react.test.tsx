// @vitest-environment happy-dom
import { useMutation, useQuery } from "@tanstack/react-query";
import { cleanup, configure, render, screen } from "@testing-library/react";
import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { version } from "react";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import type { PlatformClient } from "../client.ts";
import { isOutage, isPlatformError, reasonOf } from "../platform-error.ts";
import {
  createFreshToken,
  createPlatformQueryClient,
  PlatformProvider,
  type PlatformProviderProps,
  usePlatform,
  usePlatformClient,
} from "./react.tsx";

// What is waited for appears in milliseconds. A busy machine may take longer than the default of a second.
configure({ asyncUtilTimeout: 10_000 });

/** The page's own origin: happy-dom enforces CORS, and these answers have no headers for it. */
const URL_ = "http://localhost:3000";
const VALIDATION = {
  userId: "3f2b8c1e-5d4a-4e6b-9a7c-0123456789ab",
  email: "jane@acme.example",
  source: "auth0",
  organizationId: null,
  expiresAt: "2026-01-01T00:00:00.000Z",
};
const ME = {
  user: { userId: VALIDATION.userId, email: VALIDATION.email },
  organizations: [{ id: "acme", name: "Acme", role: "member", ssoRequired: false }],
  activeOrganizationId: "acme",
  joinable: [],
};
const ANSWERS: Readonly<Record<string, unknown>> = {
  "auth.validate": VALIDATION,
  "org.me": ME,
  "org.join": { organizationId: "acme", userId: VALIDATION.userId, role: "member", status: "active" },
};
const server = setupServer();
/** The procedures and tokens of the requests. */
let requests: string[];

beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
beforeEach(() => {
  requests = [];
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
});
afterAll(() => server.close());

function refused(httpStatus: number, reason: string) {
  const data = { code: "X", httpStatus, reason };
  return HttpResponse.json({ error: { code: -32_000, message: reason, data } }, { status: httpStatus });
}

/** Mocks platform-api. `judge` may refuse a token. */
function platform(judge: (token: string) => Response | null): void {
  server.use(
    http.all(`${URL_}/trpc/:procedure`, ({ request, params }) => {
      const procedure = String(params.procedure);
      const token = request.headers.get("authorization")?.replace("Bearer ", "") ?? "none";
      requests.push(`${procedure} ${token}`);
      return judge(token) ?? HttpResponse.json({ result: { data: ANSWERS[procedure] } });
    }),
  );
}
const expiredUnless = (valid: string) => (token: string) =>
  token === valid ? null : refused(401, "TOKEN_EXPIRED");

/** A page with two queries at once. */
function Page() {
  const platform = usePlatform();
  const who = useQuery(platform.auth.validate.queryOptions());
  const me = useQuery(platform.org.me.queryOptions());
  if (who.error ?? me.error) return <p role="alert">{reasonOf(who.error ?? me.error) ?? "no reason"}</p>;
  return who.data && me.data && <h1>{`${who.data.email} of ${me.data.organizations[0]?.name}`}</h1>;
}

function Join() {
  const join = useMutation(usePlatform().org.join.mutationOptions());
  if (join.data) return <h1>{join.data.status}</h1>;
  return <button type="button" onClick={() => join.mutate({ organizationId: "acme" })} />;
}

let given: PlatformClient | undefined;

function Given() {
  given = usePlatformClient();
  return null;
}

const show = (props: Partial<PlatformProviderProps>, page = <Page />) =>
  render(
    <PlatformProvider url={URL_} token="old" {...props}>
      {page}
    </PlatformProvider>,
  );

it("runs on the React of its project", () => {
  const { REACT: major = "19" } = process.env;
  expect(version.split(".")[0]).toBe(major);
});

it("provides the components below it with typed queries", async () => {
  platform(() => null);
  show({});
  await screen.findByRole("heading", { name: "jane@acme.example of Acme" });
  expect(requests.sort()).toEqual(["auth.validate old", "org.me old"]);
});

it("renews an expired token once for all queries and repeats each query", async () => {
  platform(expiredUnless("new"));
  let refreshes = 0;
  show({ refresh: async () => `new${refreshes++ || ""}` });
  await screen.findByRole("heading");
  expect(refreshes).toBe(1);
  expect(requests.sort()).toEqual(["auth.validate new", "auth.validate old", "org.me new", "org.me old"]);
});

it("shares the renewal with calls to another service", async () => {
  platform(expiredUnless("new"));
  let refreshes = 0;
  const refresh = async () => {
    refreshes += 1;
    return "new";
  };
  const token = createFreshToken({ token: "old", refresh });
  const service = token.call(async (sent) => {
    if (sent !== "new") throw Object.assign(new Error(), { reason: "TOKEN_EXPIRED" });
    return sent;
  });
  show({ token });
  await screen.findByRole("heading");
  await expect(service).resolves.toBe("new");
  expect(refreshes).toBe(1);
});

it("renews the token for a mutation and repeats it", async () => {
  platform(expiredUnless("new"));
  show({ refresh: async () => "new" }, <Join />);
  screen.getByRole("button").click();
  await screen.findByRole("heading", { name: "active" });
  expect(requests).toEqual(["org.join old", "org.join new"]);
});

it.each(["named", null, undefined])("sends a call with its own token in `context`: %s", async (token) => {
  platform(() => null);
  show({}, <Given />);
  await given?.org.me.query(undefined, { context: { token } });
  expect(requests).toEqual([`org.me ${token ?? "none"}`]);
});

it.each([
  ["fails", () => Promise.reject(new Error("login_required")), undefined],
  ["never arrives", () => new Promise<never>(() => {}), AbortSignal.timeout(20)],
])("fails a call whose token %s as the client does", async (_, token, signal) => {
  show({ token }, <Given />);
  const error = await given?.org.me.query(undefined, signal && { signal }).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    cause: signal
      ? { name: "AbortError" }
      : { name: "TokenUnavailable", cause: { message: "login_required" } },
  });
  expect([isPlatformError(error), isOutage(error), requests]).toEqual([true, false, []]);
});

it("uses the token of the latest render", async () => {
  platform((token) => (token === "second" ? null : refused(401, "TOKEN_INVALID")));
  const page = show({ token: () => "first" });
  await screen.findByRole("alert");
  page.rerender(
    <PlatformProvider url={URL_} token={() => "second"}>
      <Page key="again" />
    </PlatformProvider>,
  );
  await screen.findByRole("heading");
});

it("retries after an outage as often as the client does, and no more", async () => {
  platform(() => refused(503, "STORE_UNAVAILABLE"));
  show({ queryClient: createPlatformQueryClient() });
  await screen.findByText(/STORE_UNAVAILABLE/);
  await expect.poll(() => requests.length).toBe(6); // three for each of the two queries
});
