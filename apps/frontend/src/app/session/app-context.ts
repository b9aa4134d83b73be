import type { FreshToken } from "@platform-api/client/react";
import { createContext, useContext } from "react";
import type { FrontendConfig } from "../config/config.ts";
import type { Session } from "./session.ts";
import type { SignInRoute } from "./sign-in-route.ts";
import type { SessionEnd } from "./signed-out-everywhere.ts";

/** How the sign-in page starts. */
export interface SignInStart {
  /** Prefills the form. */
  readonly email?: string;
  /** Submits this address at once. */
  readonly isSubmitted?: boolean;
  /** So does this, and it offers no password. */
  readonly isSsoOnly?: boolean;
  readonly notice?: string;
}

export interface AppContextValue {
  readonly config: FrontendConfig;
  readonly session: Session;
  /** Used for every call on behalf of the user. */
  readonly token: FreshToken;
  /** The address of the sign-in. Null while signed out. */
  readonly email: string | null;
  /** Goes to the identity provider. `to` is its display name. */
  leave(route: SignInRoute, to?: string): void;
  /** Signs out of this tab and shows the sign-in page. */
  beginSignIn(start?: SignInStart): void;
  /** Shows the sign-in page, and signs out of this tab only when another sign-in begins. Back undoes it. */
  switchAccount(start: SignInStart): void;
  signOut(): void;
  /** Signs out here after every sign-in of the user has ended, and says what remains. */
  signOutEverywhere(sessions: SessionEnd): void;
}

export const AppContext = createContext<AppContextValue | null>(null);

/** @throws outside of {@link AppContext} */
export function useApp(): AppContextValue {
  const app = useContext(AppContext);
  if (app === null) throw new Error("useApp must be used inside AppContext");
  return app;
}
