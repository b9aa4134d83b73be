/** Fails unless the SDK works with the globals of React Native. Pass the module of `createFreshToken`. */
import { deepEqual } from "node:assert/strict";

const [entry] = process.argv.slice(2);
await import("./react-native-globals.mjs");
const sdk = await import("@platform-api/client");
const { createFreshToken } = await import(entry);

const unavailable = { code: -32_603, message: "", data: { httpStatus: 503, reason: "STORE_UNAVAILABLE" } };
const removed = { code: -32_603, message: "", data: { httpStatus: 403, reason: "MEMBERSHIP_REMOVED" } };
const answers = [
  [200, { result: { data: { user: { userId: "jane" } } } }],
  [503, { error: unavailable }],
  [200, { result: { data: { allowed: true } } }],
  [403, { error: removed }],
];
const sent = [];

/** Responds as React Native's `fetch`, then never again. */
async function fetch(url, { method = "GET", headers, signal }) {
  sent.push(`${method} ${url.replace(/^http:..127.0.0.1:4000|\?.*/g, "")} ${headers["x-user-token"]}`);
  const [status, body] = answers.shift() ?? [];
  if (status === undefined) await new Promise((_, reject) => signal.addEventListener("abort", reject));
  return {
    type: "default",
    url,
    status,
    ok: status === 200,
    headers: { get: () => null },
    json: async () => body,
  };
}

const nameOf = (call) => call.then(Object, ({ cause }) => [cause?.name, cause?.cause?.name]);
const refusedBy = (work) => {
  try {
    return work();
  } catch ({ name }) {
    return name;
  }
};
const options = { tokenHeader: "x-user-token", token: "t0ken", fetch };
const platform = sdk.createPlatformClient({ url: "http://127.0.0.1:4000/", ...options });
const hasty = { url: "http://127.0.0.1:4000", ...options, timeoutMs: 30, retries: 0 };
const aborting = new AbortController();
const abortedFetch = (...request) => {
  queueMicrotask(() => aborting.abort());
  return fetch(...request);
};
const results = {
  me: await platform.org.me.query(),
  retried: await platform.auth.check.query({ organizationId: "acme" }),
  refused: await platform.org.join.mutate({ organizationId: "acme" }).catch(sdk.reasonOf),
  tooSlow: await nameOf(sdk.createPlatformClient(hasty).org.me.query()),
  noToken: await nameOf(
    sdk.createPlatformClient({ ...hasty, token: () => new Promise(() => {}) }).org.me.query(),
  ),
  lateToken: await nameOf(
    sdk
      .createPlatformClient({ ...hasty, token: () => new Promise((resolve) => setTimeout(resolve, 90, "t")) })
      .org.me.query(),
  ),
  aborted: await nameOf(
    sdk
      .createPlatformClient({ ...hasty, timeoutMs: 4_000, fetch: abortedFetch })
      .org.me.query(undefined, { signal: aborting.signal }),
  ),
  noAddress: refusedBy(() => sdk.createPlatformClient({ url: "platform.example" })),
  email: [sdk.canonicalEmail("Jane@ACME.example"), sdk.canonicalEmail("jane@bücher.example")],
  names: [sdk.isName("organization", "Acme"), sdk.isName("connection", "Ac\ud800me")],
  refreshed: await createFreshToken({ token: "expired", refresh: async () => "renewed" }).call(
    async (token) => {
      if (token === "expired") throw Object.assign(new Error(token), { reason: "TOKEN_EXPIRED" });
      return token;
    },
  ),
};
await new Promise((resolve) => setTimeout(resolve, 100)); // for the late token
deepEqual(results, {
  me: { user: { userId: "jane" } },
  retried: { allowed: true },
  refused: "MEMBERSHIP_REMOVED",
  tooSlow: ["TimeoutError", undefined],
  noToken: ["TokenUnavailable", "TimeoutError"],
  lateToken: ["TokenUnavailable", "TimeoutError"],
  aborted: ["AbortError", undefined],
  noAddress: "TypeError",
  email: ["jane@acme.example", null],
  names: [true, false],
  refreshed: "renewed",
});
deepEqual(sent, [
  "GET /trpc/org.me t0ken",
  "GET /trpc/auth.check t0ken",
  "GET /trpc/auth.check t0ken",
  "POST /trpc/org.join t0ken",
  "GET /trpc/org.me t0ken",
  "GET /trpc/org.me t0ken",
]);
