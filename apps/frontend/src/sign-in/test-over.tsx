import { PageHeading } from "../app/routing/page.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

/** In the window of a test sign-in, if it could not be closed. */
export function TestOver() {
  return (
    <SignInFrame>
      <PageHeading title="The test sign-in has ended" />
      <p className="auth-lead">Close this window. The result is on the page where you began the test.</p>
    </SignInFrame>
  );
}
