import { setImmediate as turn } from "node:timers/promises";
import type { Stores } from "../operators/administration.ts";
import { Refusal } from "../refusal.ts";

/** What happens to a call: an outage or the end of the process, before or after the call has had its effect. */
export const FAULTS = ["outage before", "outage after", "crash before", "crash after"] as const;
export interface Fault {
  /** Which call it happens to; 0 is the first. */
  readonly at: number;
  readonly kind: (typeof FAULTS)[number];
}

/** The process has ended. */
export class Crash extends Error {}

/** The ports of one process, of whose calls at most one has a fault. After a crash no call has an effect. */
export function faultyPorts(
  ports: Stores,
  fault: Fault | null = null,
): { readonly ports: Stores; readonly calls: string[] } {
  const calls: string[] = [];
  let ended = false;
  const faulty = <Port extends object>(name: string, port: Port): Port =>
    new Proxy(port, {
      get(target, method) {
        const value: unknown = Reflect.get(target, method);
        if (typeof value !== "function") return value;
        return async (...args: readonly unknown[]) => {
          await turn(); // another process may go on
          if (ended) throw new Crash();
          const kind = calls.push(`${name}.${String(method)}`) - 1 === fault?.at ? fault.kind : null;
          ended = kind === "crash before" || kind === "crash after";
          const outage = () =>
            ended
              ? new Crash()
              : new Refusal(name === "auth0" ? "AUTH0_UNAVAILABLE" : "STORE_UNAVAILABLE", `${name} is down`);
          if (kind?.endsWith("before")) throw outage();
          const outcome: unknown = await Reflect.apply(value, target, args);
          if (kind?.endsWith("after")) throw outage();
          return outcome;
        };
      },
    });
  const { connections, organizations, organizationRegistry, transactions, domains, auth0 } = ports;
  return {
    calls,
    ports: {
      ...ports,
      connections: faulty("connections", connections),
      organizations: faulty("organizations", organizations),
      organizationRegistry: faulty("organizationRegistry", organizationRegistry),
      transactions: faulty("transactions", transactions),
      domains: faulty("domains", domains),
      auth0: auth0 === null ? null : faulty("auth0", auth0),
    },
  };
}
