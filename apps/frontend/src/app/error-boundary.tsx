import { Component, type ReactNode } from "react";
import { SignInFrame } from "../sign-in/sign-in-frame.tsx";
import { ProblemPage } from "./problems/problem-page.tsx";

/** Shows an INTERNAL problem instead of an empty page when rendering fails. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <SignInFrame>
        <ProblemPage reason="INTERNAL" onTryNow={() => location.reload()} />
      </SignInFrame>
    );
  }
}
