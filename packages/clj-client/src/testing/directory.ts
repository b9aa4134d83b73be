import { randomUUID } from "node:crypto";
import { type HttpHandler, HttpResponse, type HttpResponseResolver, http } from "msw";
import { z } from "zod";
import { answerWith, type Fault } from "./faults.ts";

export interface StoredUser {
  readonly id: string;
  /** As it was first stored. */
  readonly email: string;
  readonly emailVerified: boolean;
}

export interface InMemoryDirectoryOptions {
  /** The base address at which requests are intercepted. */
  readonly url: string;
  /** The service token it accepts. */
  readonly token: string;
}

/** A mock of clj-pg-wrapper without a network or a database. */
export interface InMemoryDirectory {
  /** For MSW's `setupServer`. */
  readonly handlers: readonly HttpHandler[];
  /** All users, by address in lower case. A test may add to it. */
  readonly users: Map<string, StoredUser>;
  /** The requests that arrived, in order, such as `POST /api/v1/users/ensure`. */
  readonly requests: string[];
  /** Answers the next `times` requests, or all, with the fault. A new fault replaces the previous one. */
  fault(fault: Fault, times?: number): void;
  /** Forgets users, requests and faults. */
  reset(): void;
}

const newUser = z.object({ email: z.string().min(1), name: z.string().optional() });
const strictEmail = z.email();

/** Creates a user directory in memory, which keeps the contract unless a test sets a fault. */
export function inMemoryDirectory({ url, token }: InMemoryDirectoryOptions): InMemoryDirectory {
  const base = url.replace(/\/$/, "");
  const users = new Map<string, StoredUser>();
  const requests: string[] = [];
  let broken: { fault: Fault; times: number } | null = null;

  function guarded(answer: HttpResponseResolver): HttpResponseResolver {
    return (info) => {
      const { method, url: requested, headers } = info.request;
      requests.push(`${method} ${requested.slice(base.length)}`);
      if (broken !== null && broken.times-- > 0) return answerWith(broken.fault);
      if (headers.get("authorization") !== `Bearer ${token}`) return refusal(401);
      return answer(info);
    };
  }

  /** Finds or creates a user. `strict` is what by-email adds to ensure. */
  function upserting({ strict }: { strict: boolean }): HttpResponseResolver {
    return guarded(async ({ request }) => {
      const { data } = newUser.safeParse(await request.json().catch(() => null));
      if (data === undefined) return refusal(400);
      if (strict && !strictEmail.safeParse(data.email).success) return refusal(422);
      const key = lowerAscii(data.email);
      const found = users.get(key);
      const known = found ?? { id: randomUUID(), email: data.email, emailVerified: false };
      const user = { ...known, emailVerified: known.emailVerified || strict };
      users.set(key, user);
      const created = found === undefined;
      return HttpResponse.json({ ...record(user), created }, { status: created ? 201 : 200 });
    });
  }

  const finding = guarded(({ params }) => {
    const user = users.get(lowerAscii(String(params.email)));
    return user ? HttpResponse.json(record(user)) : refusal(404);
  });

  const handlers = [
    http.post(`${base}/api/v1/users/ensure`, upserting({ strict: false })),
    http.post(`${base}/api/v1/users/by-email`, upserting({ strict: true })),
    http.get(`${base}/admin/user/:email`, finding),
  ];

  return {
    handlers,
    users,
    requests,
    fault: (fault, times = Number.POSITIVE_INFINITY) => {
      broken = { fault, times };
    },
    reset: () => {
      users.clear();
      requests.length = 0;
      broken = null;
    },
  };
}

function record({ id, email, emailVerified }: StoredUser) {
  return { id, email, email_verified: emailVerified };
}

function refusal(status: number): Response {
  return HttpResponse.json({ error: "refused" }, { status });
}

/** ASCII only: `toLowerCase` would turn a Kelvin sign into a `k`, and two users into one. */
function lowerAscii(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
