import type { ReactNode } from "react";
import { Wordmark } from "./logo.tsx";

/** The frame of every page of a signed-out user. */
export function SignInFrame({ children }: { readonly children: ReactNode }) {
  return (
    <div className="auth">
      <header className="auth-header">
        <Wordmark />
      </header>
      <main className="auth-main">{children}</main>
      <footer className="auth-footer">Platform never sees your password.</footer>
    </div>
  );
}
