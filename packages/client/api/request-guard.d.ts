import { PlatformClient } from "./client.js";
import { Role, TokenValidator } from "./token-validator.js";
/** A client, or a validator of one's own: to set what it remembers, or to share it between guards. */
export type GuardOptions = {
  readonly client: PlatformClient;
  readonly validator?: never;
} | {
  readonly validator: TokenValidator;
  readonly client?: never;
};
/** The organization a request is for, and what the person is there. */
export interface PlatformOrganization {
  readonly id: string;
  readonly role: Role;
}