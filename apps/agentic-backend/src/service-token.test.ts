import { HttpResponse, http } from "msw";
import { setupServer } from "msw/node";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { serviceToken } from "./service-token.ts";

const URL = "http://issuer.test/oauth/token";
const CREDENTIALS = {
  PLATFORM_CLIENT_ID: "agentic-backend",
  PLATFORM_CLIENT_SECRET: "s3cret",
  PLATFORM_TOKEN_URL: URL,
  PLATFORM_AUDIENCE: "https://platform-api.example",
};
const asked: string[] = [];
let answer: () => Response;
const issued = (expires_in: number) => () =>
  HttpResponse.json({ access_token: `token-${asked.length}`, expires_in });
const server = setupServer(
  http.post(URL, async ({ request }) => {
    asked.push(await request.text());
    return answer();
  }),
);
beforeAll(() => server.listen({ onUnhandledFrame: "error" }));
afterEach(() => {
  asked.length = 0;
});
afterAll(() => server.close());

it.each([
  ["a minute", 60, 53_999],
  ["a day, of which it is used for an hour", 86_400, 3_599_999],
])(
  "one token serves all callers until it is renewed, before it expires: one of %s",
  async (_, seconds, lastMs) => {
    answer = issued(seconds);
    let nowMs = 0;
    const token = serviceToken(CREDENTIALS, () => nowMs);
    expect(await Promise.all([token(), token(), token()])).toEqual(Array(3).fill("token-1"));
    nowMs = lastMs;
    expect(await token()).toBe("token-1");
    nowMs = lastMs + 1;
    expect(await Promise.all([token(), token()])).toEqual(["token-2", "token-2"]);
    expect(Object.fromEntries(new URLSearchParams(asked[0]))).toEqual({
      grant_type: "client_credentials",
      client_id: "agentic-backend",
      client_secret: "s3cret",
      audience: "https://platform-api.example",
    });
  },
);

it.each<[string, () => Response, string]>([
  [
    "refuses",
    () => HttpResponse.json({ error: "invalid_client", error_description: "s3cret" }, { status: 401 }),
    "answers 401",
  ],
  ["is another page", () => HttpResponse.text("s3cret"), "answers without a token"],
  ["names no time", () => HttpResponse.json({ access_token: "s3cret" }), "answers without a token"],
  ["is down", () => HttpResponse.error(), "does not answer"],
  ["redirects", () => HttpResponse.redirect("http://elsewhere.test/"), "does not answer"],
])(
  "an error says that the token endpoint %s, without a secret, and the next caller asks again",
  async (_, reply, says) => {
    answer = reply;
    const token = serviceToken(CREDENTIALS);
    const errors = await Promise.all([token(), token()].map((each) => each.catch((error) => error)));
    for (const error of errors) expect(error.message).toBe(`PLATFORM_TOKEN_URL ${says}`);
    expect(JSON.stringify(errors.map(({ cause, stack }) => [cause, stack]))).not.toContain("s3cret");
    expect(asked).toHaveLength(1);
    answer = issued(60);
    expect(await token()).toBe("token-2");
  },
);
