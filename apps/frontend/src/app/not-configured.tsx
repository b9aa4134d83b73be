import { SignInFrame } from "../sign-in/sign-in-frame.tsx";
import { brand } from "./config/brand.ts";
import { ProblemFrame } from "./problems/problem-frame.tsx";

/** Tells the operator what is wrong with `/config.json`. */
export function NotConfigured({ problem }: { readonly problem: string }) {
  return (
    <SignInFrame>
      <ProblemFrame icon="alert" title={`${brand().name} is not set up correctly`}>
        <p className="problem-what">This page cannot find its services. Your account is not affected.</p>
        <p className="problem-next">Send this message to the people who run {brand().name} for you:</p>
        <pre className="problem-detail">{problem}</pre>
        <div className="actions">
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            Try again
          </button>
        </div>
      </ProblemFrame>
    </SignInFrame>
  );
}
