import { useIsLate } from "./late.ts";
import { LogoMark } from "./logo.tsx";

/** Nothing yet. It shows only when it takes long enough to be wondered about. */
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
