import { LogoMark } from "./logo.tsx";
import { useIsLate } from "./polling.ts";

/** A loading page. CSS delays it, so that a fast load shows nothing. */
export function Splash({ children = "Loading" }: { readonly children?: string }) {
  const isLate = useIsLate();
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
