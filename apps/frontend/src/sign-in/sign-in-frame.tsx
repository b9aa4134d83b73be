import type { ReactNode } from "react";
import { brand } from "../app/config/brand.ts";
import { Wordmark } from "../app/config/logo.tsx";

interface SignInFrameProps {
  /** Whether the page offers a password: there it would read as a contradiction that the app never sees it. */
  readonly hasPassword?: boolean;
  readonly children: ReactNode;
}

/** The frame of every page of a signed-out user. */
export function SignInFrame({ hasPassword = false, children }: SignInFrameProps) {
  const { name, legalLinks, supportUrl } = brand();
  const links = [...(supportUrl === undefined ? [] : [{ label: "Support", url: supportUrl }]), ...legalLinks];
  return (
    <div className="auth">
      <header className="auth-header">
        <Wordmark />
      </header>
      <main className="auth-main">{children}</main>
      <footer className="auth-footer">
        {!hasPassword && (
          <p>
            <bdi>{name}</bdi> never sees your password.
          </p>
        )}
        {links.length > 0 && (
          <ul className="auth-links">
            {links.map(({ label, url }) => (
              <li key={url}>
                <a href={url} target="_blank" rel="noreferrer">
                  {label}
                </a>
              </li>
            ))}
          </ul>
        )}
      </footer>
    </div>
  );
}
