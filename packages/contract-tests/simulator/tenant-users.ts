import { API_AUDIENCE, CLI_CLIENT, type IdentityProvider } from "@platform-api/dev/identity-provider";
import { type Environment, runCli } from "@platform-api/platform-api";
import { decodeJwt } from "jose";
import { CookieJar } from "../../../apps/dev/token/cookie-jar.ts";
import { login, type Tokens } from "../../../apps/dev/token/login.ts";

/** Signs somebody in at the development identity provider. @param cookies of the browser */
export function signIn(
  { issuer }: IdentityProvider,
  { email, connection }: { readonly email: string; readonly connection: string },
  cookies = new CookieJar(),
): Promise<Tokens> {
  return login({ ...CLI_CLIENT, email, connection, issuer, audience: API_AUDIENCE }, cookies);
}

export function subjectOf(token: string): string {
  return decodeJwt(token).sub ?? "";
}

/** Presses a button on the identity provider's page of users. */
export async function press(
  { issuer }: IdentityProvider,
  action: "block" | "unblock" | "delete",
  subject: string,
): Promise<void> {
  const body = new URLSearchParams({ action, subject });
  const { status } = await fetch(new URL("users", issuer), { method: "POST", body, redirect: "manual" });
  if (status !== 303) throw new Error(`${action}: ${status}`);
}

/** A running `events follow`. */
export interface Follower {
  /** Its exit code. */
  readonly ended: Promise<number>;
  /** What it has written. */
  log(): string;
  /** Waits until it has written a text. @param from how much of its log counts as written before, in characters */
  says(text: string, from?: number): Promise<void>;
  stop(): Promise<number>;
}

/** Runs the command in this process until it is stopped. */
export function follow(env: Environment, ...options: readonly string[]): Follower {
  const stopped = Promise.withResolvers<void>();
  let log = "";
  let written = Promise.withResolvers<void>();
  const write = (text: string) => {
    log += text;
    written.resolve();
    written = Promise.withResolvers();
  };
  const ended = runCli(["events", "follow", ...options], {
    env,
    out: write,
    err: write,
    readInput: async () => "",
    ask: null,
    operator: "tests",
    onStop: (stop) => void stopped.promise.then(stop),
  });
  return {
    ended,
    log: () => log,
    async says(text, from = 0) {
      const unsaid = ended.then(() => {
        if (!log.includes(text, from)) throw new Error(`it ended without ${text}: ${log}`);
      });
      while (!log.includes(text, from)) await Promise.race([written.promise, unsaid]);
    },
    stop() {
      stopped.resolve();
      return ended;
    },
  };
}
