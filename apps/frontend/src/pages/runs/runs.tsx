import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { RunPage } from "./run-page.tsx";
import { RunsPage } from "./runs-page.tsx";
import "./runs.css";

/** The runs of an organization, or the one that the path names. */
export function Runs({ organization, rest }: OrganizationPageProps) {
  if (rest === null) return <RunsPage organization={organization} />;
  return <RunPage key={rest} organization={organization} id={rest} />;
}
