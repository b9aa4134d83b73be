/**
 * Auth0 Action for the trigger "Login / Post Login" (Node 18 or later, no dependencies).
 *
 * It tells platform-api whose token it is looking at: Auth0's access tokens carry a subject and nothing else
 * about the person. It adds, each under a namespace of ours:
 *
 *   <namespace>email            the address of the identity that signed in
 *   <namespace>email_verified   whether Auth0 or the identity provider says that the person owns it; not of a
 *                               linked SSO account
 *   <namespace>connection       the name of the connection of this login
 *   <namespace>capitol_user_id  our own user id, where `app_metadata.capitol_user_id` holds one
 *
 * To install: Actions > Library > Create Action > Build from scratch, paste this file, Deploy, then drag it
 * into Actions > Triggers > post-login. It also runs when a refresh token is exchanged, and never for machines
 * (client credentials).
 *
 * Secret CLAIM_NAMESPACE (optional): the prefix of the claims, an https URL that ends in a slash, equal to
 * AUTH0_CLAIM_NAMESPACE of platform-api. Auth0 silently drops claims under its own domains (auth0.com …).
 *
 * Only administrators may write `app_metadata`; never copy `capitol_user_id` from `user_metadata`, which people
 * can change themselves.
 */
const DEFAULT_NAMESPACE = "https://platform-api.example/";
/** Logins that are no SSO: the same as AUTH0_OTHER_STRATEGIES of platform-api. */
const OTHER_STRATEGIES =
  "auth0,email,sms,google-oauth2,apple,github,windowslive,facebook,linkedin,twitter".split(",");

exports.onExecutePostLogin = async (event, api) => {
  const namespace = event.secrets.CLAIM_NAMESPACE || DEFAULT_NAMESPACE;
  if (!namespace.endsWith("/")) throw new Error("The secret CLAIM_NAMESPACE must end in a slash");

  // Of a user with linked accounts, `event.user` is the first one; the others carry their own in `profileData`. The
  // address of one beside the connection of another would be a statement that no identity provider has made.
  // Of two accounts of one connection nobody tells which has signed in.
  const identities = event.user.identities ?? [];
  const [first] = identities;
  const isOfLogin = ({ connection }) => connection === event.connection.name;
  const candidates = event.connection && first ? identities.filter(isOfLogin) : [first];
  const identity = candidates.length === 1 ? candidates[0] : null;
  const profile = identity === first ? event.user : (identity?.profileData ?? {});

  // An SSO administrator may call any address verified. Beside the subject of a password or social account it would
  // read as Auth0's own word, so of a linked SSO account it is not passed on.
  const isSso = !OTHER_STRATEGIES.includes(identity?.provider);
  const emailVerified = isSso && identity !== first ? undefined : profile.email_verified;

  const claims = {
    email: profile.email,
    email_verified: emailVerified,
    connection: event.connection?.name,
    capitol_user_id: event.user.app_metadata?.capitol_user_id,
  };
  for (const [name, value] of Object.entries(claims)) {
    if (value !== undefined && value !== null) api.accessToken.setCustomClaim(`${namespace}${name}`, value);
  }
};
