import { canonicalEmail } from "@platform-api/client";
import { Button } from "react-aria-components";
import { ProblemFrame } from "../app/problems/problem-frame.tsx";
import { useApp } from "../app/session/app-context.ts";
import { SignInFrame } from "./sign-in-frame.tsx";
import "./wrong-account.css";

/** Whether the link of an invitation was opened by somebody who is signed in with another address. */
export function isOtherAccount(invited: string | null, signedIn: string | null): invited is string {
  if (invited === null || signedIn === null) return false;
  return (canonicalEmail(invited) ?? invited) !== (canonicalEmail(signedIn) ?? signedIn);
}

interface WrongAccountProps {
  /** The address of the invitation. */
  readonly invited: string;
  readonly signedIn: string;
  readonly onStay: () => void;
}

/** In place of every page. Nothing is consumed. The link proves no invitation, so nothing is said about its state. */
export function WrongAccount({ invited, signedIn, onStay }: WrongAccountProps) {
  const { switchAccount } = useApp();
  return (
    <SignInFrame>
      <ProblemFrame icon="users" title="This invitation is for another address">
        <p className="problem-what">
          <span className="wrong-account-half">
            The invitation is for <bdi>{invited}</bdi>
            {";"}
          </span>{" "}
          <span className="wrong-account-half">
            you are <bdi>{signedIn}</bdi>.
          </span>
        </p>
        <p className="problem-next">Switch to that account to join.</p>
        <div className="actions">
          <Button className="button button-primary" onPress={() => switchAccount({ email: invited })}>
            Switch account
          </Button>
          <Button className="button button-plain" onPress={onStay}>
            <span>
              Stay signed in as <bdi>{signedIn}</bdi>
            </span>
          </Button>
        </div>
      </ProblemFrame>
    </SignInFrame>
  );
}
