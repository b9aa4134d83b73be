import { setTimeout as sleep } from "node:timers/promises";
import { ask } from "../faults/answer.ts";
import { newcomer, newPerson } from "../simulator/forge.ts";
import type { Issuer } from "../simulator/issuer.ts";

const PAUSE_MS = 100;

export interface Traffic {
  stop(): Promise<void>;
}

/** Calls of all kinds, some of which are refused, until it is stopped. Answers are not looked at. */
export function startTraffic(server: { readonly url: string }, issuer: Issuer): Traffic {
  const end = new AbortController();
  const { signal } = end;
  const loop = async (round: () => Promise<unknown>) => {
    while (!signal.aborted) {
      await round().catch(() => {}); // a connection that ends with the test
      await sleep(PAUSE_MS);
    }
  };
  const known = newcomer(issuer);
  const firstLogin = async () => ask(server, "validate", (await newcomer(issuer)).token, signal);
  const loops = [
    loop(firstLogin),
    loop(firstLogin),
    loop(async () => ask(server, "auth.validate", (await known).token, signal)),
    loop(async () => {
      const { tokens } = await newPerson(issuer);
      await ask(server, "me", tokens.entra, signal);
      await ask(server, "me", tokens.rival, signal); // IDENTITY_CONFLICT
      await ask(server, "org.join", tokens.entra, signal);
      await ask(server, "discover", undefined, signal);
      await ask(server, "validate", "made.up.token", signal);
    }),
  ];
  return {
    async stop() {
      end.abort();
      await Promise.all(loops);
    },
  };
}
