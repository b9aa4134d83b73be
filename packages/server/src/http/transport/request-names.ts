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

const NONE: RequestNames = { procedure: null, organization: null };

interface Named extends IncomingMessage {
  [NAMES]?: { -readonly [Name in keyof RequestNames]: RequestNames[Name] };
}

/** Notes a call. @param procedure one that exists */
export function noteCall(request: IncomingMessage, procedure: string): void {
  const names = noted(request);
  names.procedure = names.procedure === null ? procedure : `${names.procedure},${procedure}`;
}

/**
 * Notes the organization of an input that a procedure has read, which it does for a valid token alone. What cannot be the
 * id of an organization is the caller's text, and not noted.
 */
export function noteInput(request: IncomingMessage, input: unknown): void {
  if (typeof input !== "object" || input === null || !("organizationId" in input)) return;
  const { organizationId } = input;
  const organization = typeof organizationId === "string" ? parseOrganizationId(organizationId) : null;
  if (organization === null) return;
  const names = noted(request);
  if (names.organization === null) names.organization = organization;
  else if (!names.organization.split(",").includes(organization)) names.organization += `,${organization}`;
}

export function noteRefusal(request: IncomingMessage, reason: Reason): void {
  noted(request).reason ??= reason;
}

/** @param procedure of the route, where it has one of its own */
export function namesOf(request: Named, procedure: string | undefined): RequestNames {
  const names = request[NAMES] ?? NONE;
  return procedure === undefined ? names : { ...names, procedure };
}

function noted(request: Named) {
  request[NAMES] ??= { procedure: null, organization: null, reason: undefined };
  return request[NAMES];
}
