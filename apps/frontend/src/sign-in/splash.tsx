import type { ReactNode } from "react";
import { brand, isBrandKnown } from "../app/config/brand.ts";
import { Wordmark } from "../app/config/logo.tsx";
import { useIsLate } from "../app/problems/polling.ts";

export interface SplashProps {
  /** What the app is doing. */
  readonly children?: string;
  /** What the user can do instead of waiting. */
  readonly action?: ReactNode;
}

/** A loading page, with the logo where the sign-in page has it. CSS delays the first one, so that a fast load shows nothing. */
export function Splash({ children = "Loading", action }: SplashProps) {
  const isLate = useIsLate();
  return (
    <div className={children === "Loading" ? "auth auth-late" : "auth"}>
      <header className="auth-header">{isBrandKnown() && <Wordmark />}</header>
      <main className="auth-main splash">
        <h1 className="visually-hidden">{isBrandKnown() ? brand().name : children}</h1>
        <p role="status">
          {children}…{isLate && " Taking longer than usual."}
        </p>
        {action}
      </main>
    </div>
  );
}
