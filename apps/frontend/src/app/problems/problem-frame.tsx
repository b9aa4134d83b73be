import type { ReactNode } from "react";
import { Button, Link } from "react-aria-components";
import { Icon, type IconName } from "../../design/icon.tsx";
import { PageHeading } from "../routing/page.tsx";
import { useApp } from "../session/app-context.ts";
import type { Problem } from "./problems.ts";

interface ProblemFrameProps {
  readonly icon: IconName;
  readonly watch?: Problem["watch"];
  readonly title: string;
  readonly children: ReactNode;
}

/** What stands in place of a page: why, and what the user can do. */
export function ProblemFrame({ icon, watch, title, children }: ProblemFrameProps) {
  return (
    <section className="problem">
      <span className="problem-icon" data-watch={watch}>
        <Icon name={icon} size={22} />
      </span>
      <PageHeading title={title} />
      {children}
    </section>
  );
}

/** For who may belong somewhere with another address. @param isFirst whether no other button comes before */
export function OtherAddress({ isFirst = true }: { readonly isFirst?: boolean }) {
  const { beginSignIn, signOut } = useApp();
  return (
    <>
      <Button
        className={`button ${isFirst ? "button-primary" : "button-plain"}`}
        onPress={() => beginSignIn()}
      >
        Use a different address
      </Button>
      <Button className="button button-plain" onPress={signOut}>
        Sign out
      </Button>
    </>
  );
}

export function OrganizationsLink() {
  return (
    <Link className="button button-primary" href="/organizations">
      See your organizations
    </Link>
  );
}
