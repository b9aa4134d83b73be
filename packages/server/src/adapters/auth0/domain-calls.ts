import { Refusal, readOutsideCaches } from "../../domain/index.ts";
import { type OnUpstream, timed } from "../timed.ts";
import type { ManagementCall } from "./management-call.ts";
import type { ManagementClient } from "./management-client.ts";
import { ManagementError } from "./management-error.ts";

/** Sends a call of the domain. @throws {Refusal} AUTH0_UNAVAILABLE without a usable answer */
export type DomainCalls<Operation extends string> = <Answer>(
  call: ManagementCall<Answer> & { readonly scope: Operation },
  signal: AbortSignal,
) => Promise<Answer | null>;

/** @param onUpstream the token that a call may need first is part of it */
export function domainCalls<Operation extends string>(
  client: Pick<ManagementClient, "send">,
  onUpstream: OnUpstream<Operation> = () => {},
): DomainCalls<Operation> {
  return async (call, signal) => {
    readOutsideCaches();
    const sent = timed(
      () => client.send(call, signal),
      (outcome, ms) => onUpstream(call.scope, outcome, ms),
    );
    return sent.catch((error: unknown) => {
      const why =
        error instanceof ManagementError ? error.message : "the request ended before Auth0 answered";
      throw unusable(call, why, { cause: error });
    });
  };
}

/** @param problem in words for an operator */
export function unusable(
  { purpose }: Pick<ManagementCall<unknown>, "purpose">,
  problem: string,
  options?: { readonly cause: unknown },
): Refusal {
  return new Refusal("AUTH0_UNAVAILABLE", `${purpose}: ${problem}`, options);
}
