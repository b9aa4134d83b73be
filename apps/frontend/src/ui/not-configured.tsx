import { Icon } from "./icon.tsx";
import { PageHeading } from "./page.tsx";
import { SignInFrame } from "./sign-in-frame.tsx";

/** For whoever runs the app: what is wrong with its configuration. */
export function NotConfigured({ problem }: { readonly problem: string }) {
  return (
    <SignInFrame>
      <section className="fault">
        <span className="fault-icon">
          <Icon name="alert" size={22} />
        </span>
        <PageHeading title="Platform is not set up correctly" className="fault-title" />
        <p className="fault-what">
          This page does not know where its services are. Nothing is wrong with your account.
        </p>
        <p className="fault-next">Tell whoever runs Platform for you. They need this:</p>
        <pre className="problem">{problem}</pre>
        <div className="actions">
          <button type="button" className="button button-primary" onClick={() => location.reload()}>
            Try again
          </button>
        </div>
      </section>
    </SignInFrame>
  );
}
