import type { FreshToken } from "@platform-api/client/react";
import { createContext, useContext } from "react";
import type { FrontendConfig } from "../config.ts";
import type { Session, SignInRoute } from "../session.ts";

/** What the page of a signed-out person begins with. */
export interface SignInStart {
  /** Fills the form. */
  readonly email?: string;
  /** Goes on with this address at once, and offers no password. */
  readonly isSsoOnly?: boolean;
  readonly notice?: string;
}

export interface AppContextValue {
  readonly config: FrontendConfig;
  readonly session: Session;
  /** For every call in the person's name. */
  readonly token: FreshToken;
  /** The address of the sign-in; null while nobody is signed in. */
  readonly email: string | null;
  /** Leaves for the identity provider. `to` is what the person calls it. */
  leave(route: SignInRoute, to?: string): void;
  /** Forgets the sign-in of this tab, and shows the page that begins one. */
  beginSignIn(start?: SignInStart): void;
  signOut(): void;
}

export const AppContext = createContext<AppContextValue | null>(null);

/** @throws outside of the app */
export function useApp(): AppContextValue {
  const app = useContext(AppContext);
  if (app === null) throw new Error("There is no app around this component");
  return app;
}
