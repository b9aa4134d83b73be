import type { AppContextValue } from "./app-context.ts";
import { Session } from "./session.ts";

/** A signed-out app with all services at one address. */
export function appAt(url: string): AppContextValue {
  const config = {
    issuer: url,
    clientId: "platform-frontend",
    audience: "https://platform-api.example",
    platformUrl: url,
    agenticBackendUrl: url,
    name: "Platform",
    legalLinks: [],
  };
  const nothing = () => {};
  const session = new Session(config);
  return {
    config,
    session,
    token: session.token,
    email: null,
    leave: nothing,
    beginSignIn: nothing,
    switchAccount: nothing,
    signOut: nothing,
    signOutEverywhere: nothing,
  };
}
