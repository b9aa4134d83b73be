import { expect, it } from "vitest";
import { stackOfTests } from "../simulator/of-tests.ts";
import { fresh, logins } from "../simulator/people.ts";

/** This tests races, not deadlines, because a single event loop runs all parts of a hundred logins. */
const PATIENT = {
  STORE_ATTEMPT_MS: "20000",
  STORE_DEADLINE_MS: "20000",
  DIRECTORY_ATTEMPT_MS: "20000",
  DIRECTORY_DEADLINE_MS: "20000",
};
const stack = stackOfTests({ settings: PATIENT });
const login = logins(stack);

it("T62 a first-time SSO user gets one UUID, row, link and membership from 50 mixed concurrent first calls, each audited once", async () => {
  const email = `${fresh("rush")}@acme.example`;
  const token = await login.entra(email);
  const other = await stack.another({});
  const answers = await Promise.all(
    Array.from({ length: 50 }, async (_, index) => {
      const client = (index % 2 === 0 ? stack : other).client(token);
      if (index % 3 === 0) return (await client.auth.validate.query()).userId;
      if (index % 3 === 1) return (await client.org.me.query()).user.userId;
      expect(await client.auth.check.query({ organizationId: "acme" })).toEqual({
        allowed: true,
        role: "member",
        actor: null,
      });
      return (await client.auth.validate.query()).userId;
    }),
  );
  expect(new Set(answers).size).toBe(1);
  expect(await stack.usersAt(email)).toBe(1);
  const items = (await stack.items()).filter((item) => JSON.stringify(item).includes(answers[0] ?? "?"));
  const words = email
    .slice(0, email.indexOf("@"))
    .split("-")
    .filter(({ length }) => length > 1);
  expect(items.map(({ type, action = type }) => action).sort()).toEqual([
    "identity-linked",
    "link",
    ...["name", "joined"].map(() => "member-place"),
    ...words.map(() => "member-word"),
    "membership",
    "membership-created",
    "seat",
    "speakers",
  ]);
});

it("T4A links exactly one of two subjects that race for one mailbox on one connection: 50 pairs", async () => {
  const race = async () => {
    const email = `${fresh("mailbox")}@acme.example`;
    const tokens = await Promise.all([login.entra(email), login.entra(email)]);
    return Promise.allSettled(tokens.map((token) => stack.client(token).auth.validate.query()));
  };
  const pairs: Awaited<ReturnType<typeof race>>[] = [];
  while (pairs.length < 50) pairs.push(...(await Promise.all(Array.from({ length: 5 }, race))));
  for (const outcomes of pairs) {
    expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const refusal = outcomes.find((outcome) => outcome.status === "rejected");
    expect(refusal?.reason).toMatchObject({ data: { reason: "IDENTITY_CONFLICT", httpStatus: 403 } });
  }
});
