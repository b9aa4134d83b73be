import { useEffect, useState } from "react";
import { LogoMark } from "./logo.tsx";

/** After how long nothing is no longer usual. */
const USUAL_MS = 4_000;

/** Nothing yet. It shows only when it takes long enough to be wondered about. */
export function Splash({ children = "Loading" }: { readonly children?: string }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), USUAL_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <main className="splash">
      <h1 className="visually-hidden">Platform</h1>
      <LogoMark size={40} />
      <p role="status">
        {children}…{isLate && " Taking longer than usual."}
      </p>
    </main>
  );
}
