import "@fontsource-variable/inter/opsz.css";
import "./styles/index.css";
import { createRoot } from "react-dom/client";
import { loadConfig } from "./config.ts";
import { takeEmailHint } from "./email-hint.ts";
import { type Arrival, Session } from "./session.ts";
import { App } from "./ui/app.tsx";
import { NotConfigured } from "./ui/not-configured.tsx";
import { Splash } from "./ui/splash.tsx";

const root = createRoot(document.getElementById("root") ?? document.body);
root.render(<Splash />);
const emailHint = takeEmailHint();
try {
  const config = await loadConfig();
  const session = new Session(config);
  const arrival = await session.arrive().catch(asSignedOut);
  root.render(<App config={config} session={session} arrival={arrival} emailHint={emailHint} />);
} catch (error) {
  reportError(error);
  root.render(<NotConfigured problem={error instanceof Error ? error.message : String(error)} />);
}

/** A failed sign-in is an arrival. Any other error is a bug, and the user can still sign in. */
function asSignedOut(error: unknown): Arrival {
  reportError(error);
  return { kind: "signedOut" };
}
