import type { IncomingMessage } from "node:http";
import { parseOrganizationId, type Reason } from "../../domain/index.ts";

/** What a request names, for its access line. Both are of closed alphabets. */
export interface RequestNames {
  /** Of a batch all procedures, such as `auth.validate,org.me`; null where none was called. */
  readonly procedure: string | null;
  /** The organization that the input names, or all of a batch; null without one. It need not exist. */
  readonly organization: string | null;
  /** Why it, or the first refused call of a batch, was refused. */
  readonly reason?: Reason | undefined;
}

const NAMES = Symbol("names");

interface Named extends IncomingMessage {
  [NAMES]?: {
    readonly procedures: string[];
    readonly organizations: Set<string>;
    reason: Reason | undefined;
  };
}

/** Notes a call. @param procedure one that exists */
export function noteCall(request: IncomingMessage, procedure: string): void {
  noted(request).procedures.push(procedure);
}

/**
 * Notes the organization of an input that a procedure has read, which it does for a valid token alone. What cannot be the
 * id of an organization is the caller's text, and not noted.
 */
export function noteInput(request: IncomingMessage, input: unknown): void {
  if (typeof input !== "object" || input === null || !("organizationId" in input)) return;
  const { organizationId } = input;
  const organization = typeof organizationId === "string" ? parseOrganizationId(organizationId) : null;
  if (organization !== null) noted(request).organizations.add(organization);
}

export function noteRefusal(request: IncomingMessage, reason: Reason): void {
  noted(request).reason ??= reason;
}

/** @param procedure of the route, where it has one of its own */
export function namesOf(request: Named, procedure: string | undefined): RequestNames {
  const { procedures = [], organizations = [], reason } = request[NAMES] ?? {};
  return { procedure: procedure ?? joined(procedures), organization: joined([...organizations]), reason };
}

function noted(request: Named) {
  request[NAMES] ??= { procedures: [], organizations: new Set(), reason: undefined };
  return request[NAMES];
}

/** A batch has few calls, so that a line is short. */
function joined(names: readonly string[]): string | null {
  return names.length === 0 ? null : names.join(",");
}
