import { Component, type ReactNode } from "react";
import { FaultPage } from "./fault-page.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

interface ErrorBoundaryProps {
  readonly children: ReactNode;
}

/** A page of its own for whatever could not be shown, which is a fault of ours: never an empty one. */
export class ErrorBoundary extends Component<ErrorBoundaryProps> {
  override readonly state = { hasFailed: false };

  static getDerivedStateFromError() {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <SignInFrame>
        <FaultPage reason="INTERNAL" onTryNow={() => location.reload()} />
      </SignInFrame>
    );
  }
}
