/** The identity provider's own passwords. */
export const PASSWORD_CONNECTION = "Username-Password-Authentication";

/** The parameters of the authorization request, as `discover.byEmail` returns them. */
export interface SignInRoute {
  readonly connection: string;
  readonly organization?: string | undefined;
  readonly login_hint: string;
  /** Asks the identity provider to begin with the form that creates an account. It is not remembered. */
  readonly screen_hint?: "signup" | undefined;
}
