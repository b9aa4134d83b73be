import { Accepted, PlatformClient, Role, TokenValidator } from "./token-validator.js";
/** A client, or your own validator: to configure its cache, or to share it between guards. */
export type GuardOptions = {
  readonly client: PlatformClient;
  readonly validator?: never;
} | {
  readonly validator: TokenValidator;
  readonly client?: never;
};
export type AdapterOptions<R, A extends Accepted = Accepted> = GuardOptions & {
  /**
   * Whose tokens are accepted: users' alone (`["user"]`, the default), or those of services that an operator has listed,
   * too. With services the request has a `principal`, and no `identity`.
   */
  readonly accepts?: readonly A[];
  /** The address of the document of {@link protectedResourceMetadata}, which every answer 401 then names. */
  readonly resourceMetadata?: string;
  /** Returns the organization of a request, instead of `X-Organization-Id`; null or undefined for the token's own. */
  readonly organizationOf?: (request: R) => string | null | undefined;
  /** Refuses delegated tokens, with which somebody else acts for the user. By default they are let in: see `identity.actor`. */
  readonly refuseDelegated?: boolean;
};
/** The organization of a request, and the user's role in it. */
export interface PlatformOrganization {
  readonly id: string;
  readonly role: Role;
}