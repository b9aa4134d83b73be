import type { KoaContextWithOIDC, Provider } from "oidc-provider";

type Session = NonNullable<KoaContextWithOIDC["oidc"]["session"]>;

/** An application that has a URL for logouts. The types of oidc-provider lack it. */
interface Told {
  /** Sends a logout token, and waits 2.5 s at most. @throws without a 200 or 204 */
  backchannelLogout(accountId: string, sid: string | undefined): Promise<void>;
}

function isTold(client: object | undefined): client is Told {
  return (
    client !== undefined && "backchannelLogoutUri" in client && client.backchannelLogoutUri !== undefined
  );
}

/**
 * As at Auth0, a session has one id for all applications. ID tokens say it, whether the application has a URL for logouts or
 * not.
 */
export function nameSessions({ Session, Client }: Provider): void {
  Session.prototype.ensureClientContainer = function (clientId) {
    if (this.sidFor(clientId) === undefined) this.sidFor(clientId, this.uid);
  };
  Client.prototype.includeSid = () => true;
}

/** Ends a session, and notifies each application that took part in it, once. */
export async function endSession(session: Session, provider: Provider): Promise<void> {
  const { accountId, authorizations = {} } = session;
  await session.destroy();
  if (accountId === undefined) return;
  const told = Object.keys(authorizations).map(async (clientId) => {
    const client = await provider.Client.find(clientId);
    if (isTold(client)) await client.backchannelLogout(accountId, session.sidFor(clientId));
  });
  await Promise.allSettled(told);
}
