import type { ReactNode } from "react";
import { Icon, type IconName } from "../../design/icon.tsx";
import { PageHeading } from "../routing/page.tsx";
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
