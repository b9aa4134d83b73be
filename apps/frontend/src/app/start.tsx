import type { Root } from "react-dom/client";
import { linkOfHint, takeEmailHint } from "../sign-in/email-hint.ts";
import { Splash } from "../sign-in/splash.tsx";
import { App } from "./app.tsx";
import { applyBrand } from "./config/brand.ts";
import { loadConfig } from "./config/config.ts";
import { NotConfigured } from "./not-configured.tsx";
import { takeSilentRoute } from "./session/last-route.ts";
import { type Arrival, Session } from "./session/session.ts";
import { takeSignOutNotice } from "./session/signed-out-everywhere.ts";

/** Shows the app at the address of the page, or why it cannot start. */
export async function start(root: Root): Promise<void> {
  root.render(<Splash />);
  const givenHint = takeEmailHint();
  try {
    const config = await loadConfig();
    applyBrand(config);
    const session = new Session(config);
    const arrival = await session.arrive().catch(asSignedOut);
    const emailHint = givenHint ?? takeEmailHint(); // the silent sign-in has returned to the link
    const silentRoute = arrival.kind === "signedOut" ? takeSilentRoute() : null;
    if (silentRoute !== null) {
      root.render(<Splash>Signing you in</Splash>);
      await session.signInSilently(silentRoute, emailHint === null ? undefined : linkOfHint(emailHint));
    }
    const notice = takeSignOutNotice();
    root.render(
      <App config={config} session={session} arrival={arrival} emailHint={emailHint} notice={notice} />,
    );
  } catch (error) {
    reportError(error);
    root.render(<NotConfigured problem={error instanceof Error ? error.message : String(error)} />);
  }
}

/** A failed sign-in is an arrival. Any other error is a bug, and the user can still sign in. */
function asSignedOut(error: unknown): Arrival {
  reportError(error);
  return { kind: "signedOut" };
}
