import { createPublicKey } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { type CachedRead, endRead } from "../../domain/index.ts";
import { HEADER, KEY, OTHER, startIssuer } from "./testing/issuer.ts";
import { auth0Claims, bearer, compact, rs256 } from "./testing/signed-token.ts";

let issuer = startIssuer();

beforeEach(() => {
  issuer = startIssuer();
});

const invalid = (detail: string) => ({ reason: "TOKEN_INVALID", message: expect.stringContaining(detail) });

describe("the verification cache", () => {
  it("returns the same claims for the same token", async () => {
    const token = issuer.sign();
    expect(await issuer.verify(token)).toBe(await issuer.verify(token));
  });

  it("T38: does not accept another token with the same beginning", async () => {
    const long = { a: "x".repeat(600) };
    const one = compact(HEADER, { ...long, ...auth0Claims({ sub: "waad|one" }) }, rs256(KEY));
    const two = compact(HEADER, { ...long, ...auth0Claims({ sub: "waad|two" }) }, rs256(KEY));
    expect(two.slice(0, 500)).toBe(one.slice(0, 500));
    expect(await issuer.verify(one)).toMatchObject({ subject: "waad|one" });
    expect(await issuer.verify(two)).toMatchObject({ subject: "waad|two" });
    const unsigned = bearer(one.slice(0, one.lastIndexOf(".") + 1));
    await expect(issuer.verify(unsigned)).rejects.toMatchObject(invalid("signature"));
  });

  it("T38: refuses a cached token once it has expired", async () => {
    const token = issuer.sign({}, { exp: issuer.now() + 60 });
    await issuer.verify(token);
    issuer.clock.advance(89_999);
    await issuer.verify(token);
    issuer.clock.advance(1);
    await expect(issuer.verify(token)).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
  });

  it("T65: follows the wall clock when it is stepped in either direction", async () => {
    const token = issuer.sign();
    await issuer.verify(token);
    issuer.clock.stepWall(-120_000);
    await expect(issuer.verify(token)).rejects.toMatchObject(invalid("iat: in the future"));
    issuer.clock.stepWall(7_200_000);
    await expect(issuer.verify(token)).rejects.toMatchObject({ reason: "TOKEN_EXPIRED" });
    issuer.clock.stepWall(-7_080_000);
    await issuer.verify(token);
  });

  it.each([
    ["its key leaves the set", [OTHER.jwk], "kid: not in"],
    ["its key id names another key", [{ ...OTHER.jwk, kid: KEY.kid }], "signature: does not hold"],
  ])("T36: refuses a cached token when %s", async (_, jwks, detail) => {
    const token = issuer.sign();
    await issuer.verify(token);
    issuer.state.jwks = jwks;
    await expect(issuer.verify(token)).rejects.toMatchObject(invalid(detail));
  });

  it("keeps a cached token when a refresh publishes the same key again", async () => {
    const token = issuer.sign();
    const first = await issuer.verify(token);
    issuer.state.jwks = [{ ...KEY.jwk, x5t: "new" }];
    expect(await issuer.verify(token)).toBe(first);
  });

  it("T37: neither accepts a cached token nor caches a refusal while keys are unavailable", async () => {
    const token = issuer.sign();
    await issuer.verify(token);
    issuer.state.outage = true;
    await expect(issuer.verify(token)).rejects.toMatchObject({ reason: "KEYS_UNAVAILABLE" });
    await expect(issuer.verify(issuer.sign({}, { sub: "new" }))).rejects.toMatchObject({
      reason: "KEYS_UNAVAILABLE",
    });
    issuer.state.outage = false;
    await issuer.verify(issuer.sign({}, { sub: "new" }));
  });

  it("never caches a refusal", async () => {
    const early = issuer.sign({}, { nbf: issuer.now() + 60 });
    await expect(issuer.verify(early)).rejects.toMatchObject(invalid("nbf"));
    issuer.clock.advance(60_000);
    await issuer.verify(early);
  });

  it("evicts the least recently used token when it is full", async () => {
    issuer = startIssuer(1);
    const [one, two] = [issuer.sign({}, { sub: "one" }), issuer.sign({}, { sub: "two" })];
    const first = await issuer.verify(one);
    await issuer.verify(two);
    expect(await issuer.verify(one)).not.toBe(first);
  });
});

describe("a remembered answer", () => {
  const ANSWER = '{"userId":"jane"}';
  const UNTIL = 5_000;
  const MEMORY = 50_000;

  /** A verified token with an answer that was made of two cached reads. */
  async function remembered() {
    const token = issuer.sign({}, { exp: issuer.now() + 60 });
    await issuer.verify(token);
    const startMs = issuer.clock.monotonicMs();
    const lastMs = startMs + MEMORY;
    const reads = [
      { untilMs: startMs + 60_000, lastMs },
      { untilMs: startMs + UNTIL, lastMs },
    ];
    issuer.remember(token, ANSWER, reads);
    return { token, reads };
  }

  it.each<[what: string, change: (reads: CachedRead[]) => void]>([
    ["nothing changed", () => {}],
    ["just before the first read ends", () => issuer.clock.advance(UNTIL - 1)],
    [
      "a read that ended was repeated with the same result",
      ([, second]) => {
        issuer.clock.advance(UNTIL);
        if (second) second.untilMs += UNTIL;
      },
    ],
    [
      "a read that ended is still known to be true, because this process is notified of changes",
      () => {
        issuer.clock.advance(MEMORY - 1);
        issuer.freshness.untilMs = issuer.clock.monotonicMs() + 1;
      },
    ],
    [
      "the same key is published again",
      () =>
        issuer.state.current.set(
          KEY.kid,
          createPublicKey(KEY.publicKey.export({ format: "pem", type: "spki" })),
        ),
    ],
  ])("is given again: %s", async (_, change) => {
    const { token, reads } = await remembered();
    change(reads);
    expect(issuer.recall(token)).toBe(ANSWER);
    expect(issuer.recall(token)).toBe(ANSWER);
  });

  it.each<[what: string, change: (reads: CachedRead[]) => void]>([
    ["the first read ends", () => issuer.clock.advance(UNTIL)],
    [
      "this process was notified of changes until now",
      () => {
        issuer.clock.advance(UNTIL);
        issuer.freshness.untilMs = issuer.clock.monotonicMs();
      },
    ],
    [
      "a read was as long ago as anything is remembered",
      () => {
        issuer.clock.advance(MEMORY);
        issuer.freshness.untilMs = Number.POSITIVE_INFINITY;
      },
    ],
    ["a read is known to be out of date", ([first]) => first && endRead(first)],
    ["the token expires", () => issuer.clock.stepWall(90_000)],
    ["the clock is stepped to before the token", () => issuer.clock.stepWall(-120_000)],
    ["the key leaves the set", () => issuer.state.current.delete(KEY.kid)],
    ["the key id names another key", () => issuer.state.current.set(KEY.kid, OTHER.publicKey)],
  ])("is not given again: %s", async (_, change) => {
    const { token, reads } = await remembered();
    expect(issuer.recall(token)).toBe(ANSWER);
    change(reads);
    expect(issuer.recall(token)).toBeNull();
  });

  it("counts once as a hit or a miss of the tokens, however often it is looked for", async () => {
    const { token } = await remembered(); // not known before: a miss
    issuer.recall(token); // a hit
    issuer.clock.advance(UNTIL);
    issuer.recall(token);
    issuer.recall(token);
    await issuer.verify(token); // a hit: the user is judged again, but the token is known
    issuer.state.jwks = [OTHER.jwk];
    await expect(issuer.verify(token)).rejects.toMatchObject(invalid("kid: not in"));
    expect(issuer.use).toMatchObject({ hits: 2, misses: 1, size: 1 });
  });

  it("is made of something that ends", async () => {
    const token = issuer.sign();
    await issuer.verify(token);
    issuer.remember(token, ANSWER, []);
    expect(issuer.recall(token)).toBeNull();
  });

  it("belongs to exactly one token", async () => {
    const { token } = await remembered();
    const other = issuer.sign({}, { exp: issuer.now() + 61 });
    await issuer.verify(other);
    expect(issuer.recall(other)).toBeNull();
    expect(issuer.recall(bearer(token.slice(0, -1)))).toBeNull();
    expect(issuer.recall(issuer.sign({}, { sub: "never verified" }))).toBeNull();
  });

  it("is not that of a token that ends alike, after it was given", async () => {
    const { token } = await remembered();
    expect(issuer.recall(token)).toBe(ANSWER);
    for (const at of [0, token.indexOf(".") + 5, token.lastIndexOf(".") + 1]) {
      const forged = bearer(`${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`);
      expect(issuer.recall(forged)).toBeNull();
      expect(issuer.recall(token)).toBe(ANSWER);
    }
  });
});
