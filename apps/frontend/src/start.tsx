import type { Root } from "react-dom/client";
import { loadConfig } from "./config.ts";
import { takeEmailHint } from "./email-hint.ts";
import { type Arrival, Session } from "./session.ts";
import { App } from "./ui/app.tsx";
import { applyBrand } from "./ui/brand.ts";
import { takeSilentRoute } from "./ui/last-route.ts";
import { NotConfigured } from "./ui/not-configured.tsx";
import { Splash } from "./ui/splash.tsx";

/** Shows the app at the address of the page, or why it cannot start. */
export async function start(root: Root): Promise<void> {
  root.render(<Splash />);
  const emailHint = takeEmailHint();
  try {
    const config = await loadConfig();
    applyBrand(config);
    const session = new Session(config);
    const arrival = await session.arrive().catch(asSignedOut);
    const silentRoute = arrival.kind === "signedOut" ? takeSilentRoute(emailHint) : null;
    if (silentRoute !== null) {
      root.render(<Splash>Signing you in</Splash>);
      await session.signInSilently(silentRoute);
    }
    root.render(<App config={config} session={session} arrival={arrival} emailHint={emailHint} />);
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
