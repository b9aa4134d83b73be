/**
 * Auth0 Action for the trigger "Login / Post Login" (Node 18 or later, no dependencies).
 *
 * Auth0's access tokens contain only a subject to identify the user. This Action adds the claims that platform-api
 * needs, each under our namespace:
 *
 *   <namespace>email            the address of the account that signed in
 *   <namespace>email_verified   whether Auth0 or the identity provider has verified that the user owns it; left out
 *                               for a linked SSO account
 *   <namespace>name             what that account calls the user, for people to read; left out if it is an address, has
 *                               more than 100 characters or some that cannot be seen
 *   <namespace>connection       the name of this login's connection
 *   <namespace>capitol_user_id  our own user id, if `app_metadata.capitol_user_id` is set
 *   <namespace>sid              the session at Auth0, whose end ends its tokens; left out if Auth0 does not say it, as for
 *                               refreshed tokens in some plans
 *
 * To install: Actions > Library > Create Action > Build from scratch, paste this file, Deploy, then drag it
 * into Actions > Triggers > post-login. It also runs when a refresh token is exchanged, and never for machines
 * (client credentials).
 *
 * Secret CLAIM_NAMESPACE (optional): the prefix of the claims, an https URL that ends in a slash. It must equal
 * AUTH0_CLAIM_NAMESPACE of platform-api. Auth0 silently drops claims under its own domains (auth0.com …).
 *
 * Only administrators may write `app_metadata`. Never copy `capitol_user_id` from `user_metadata`, which users may
 * be allowed to change themselves.
 */
const DEFAULT_NAMESPACE = "https://platform-api.example/";
/** Strategies of logins without SSO: the same list as AUTH0_OTHER_STRATEGIES of platform-api. */
const OTHER_STRATEGIES =
  "auth0,email,sms,google-oauth2,apple,github,windowslive,facebook,linkedin,twitter".split(",");

/** Auth0 takes the address for the name of an account that has none. */
const nameOf = ({ name }) => {
  const isShown = typeof name === "string" && name.length <= 100 && !/[@\p{C}]/u.test(name);
  return isShown && name.trim() !== "" ? name.trim() : undefined;
};

exports.onExecutePostLogin = async (event, api) => {
  const namespace = event.secrets.CLAIM_NAMESPACE || DEFAULT_NAMESPACE;
  if (!namespace.endsWith("/")) throw new Error("The secret CLAIM_NAMESPACE must end in a slash");

  // For a user with linked accounts, `event.user` is the first account, and the others have their profile in
  // `profileData`. No identity provider has vouched for one account's address on another account's connection.
  // Auth0 does not say which of two accounts of one connection has signed in.
  const identities = event.user.identities ?? [];
  const [first] = identities;
  const isOfLogin = ({ connection }) => connection === event.connection.name;
  const candidates = event.connection && first ? identities.filter(isOfLogin) : [first];
  const identity = candidates.length === 1 ? candidates[0] : null;
  const profile = identity === first ? event.user : (identity?.profileData ?? {});

  // An SSO administrator can mark any address as verified. With the subject of a password or social account, the
  // flag would look like Auth0's own, so it is left out for a linked SSO account.
  const isSso = !OTHER_STRATEGIES.includes(identity?.provider);
  const emailVerified = isSso && identity !== first ? undefined : profile.email_verified;

  const claims = {
    email: profile.email,
    email_verified: emailVerified,
    name: nameOf(profile),
    connection: event.connection?.name,
    capitol_user_id: event.user.app_metadata?.capitol_user_id,
    sid: event.session?.id ?? event.refresh_token?.session_id,
  };
  for (const [name, value] of Object.entries(claims)) {
    if (value !== undefined && value !== null) api.accessToken.setCustomClaim(`${namespace}${name}`, value);
  }
};
