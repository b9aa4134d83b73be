/** The parameters of the authorization request, as `discover.byEmail` returns them. */
export interface SignInRoute {
  readonly connection: string;
  readonly organization?: string | undefined;
  readonly login_hint: string;
}
