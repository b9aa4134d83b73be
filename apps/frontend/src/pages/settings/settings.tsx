import "./settings.css";
import type { Organization } from "@platform-api/client";
import { usePlatform } from "@platform-api/client/react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { Link, Switch } from "react-aria-components";
import { errorReason } from "../../app/problems/error-reason.ts";
import { ProblemNotice } from "../../app/problems/notice.tsx";
import { useSteadyError } from "../../app/problems/polling.ts";
import type { AppReason } from "../../app/problems/problems.ts";
import { PageHead } from "../../app/routing/page.tsx";
import { pathOf } from "../../app/routing/path.ts";
import { announce } from "../../design/announcer.tsx";
import { Icon } from "../../design/icon.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import { SkeletonRows } from "../../design/skeleton.tsx";
import { Badge } from "../../design/text/badge.tsx";
import { CopyableId, Fact, Facts } from "../../design/text/facts.tsx";
import { Time } from "../../design/text/time-ago.tsx";
import type { MyOrganization } from "../../organization/active-organization.ts";
import type { OrganizationPageProps } from "../../organization/organization-page-props.ts";
import { ROLE_NAMES } from "../../organization/role-text.ts";
import { lockOf } from "../../organization/setting-lock.ts";
import { isTrusted } from "../../organization/trusted-domains.ts";
import { DangerZone } from "./danger-zone.tsx";
import { NameField } from "./name-field.tsx";
import { joinByDomainText, joinText } from "./rules.ts";
import { Lock, SettingProblem } from "./setting-texts.tsx";
import { type Changes, useSettings } from "./use-settings.ts";

const DEFAULT_ROLES = [
  { id: "admin", label: ROLE_NAMES.admin, note: "Manages members, domains and invitations." },
  { id: "member", label: ROLE_NAMES.member, note: "Uses the organization. Sees no page for admins." },
];

export function Settings({ organization: mine }: OrganizationPageProps) {
  const settings = useSettings(mine.id);
  const { query, organization } = settings;
  const error = useSteadyError(query);
  const problem = error === null ? null : errorReason(error);
  return (
    <>
      <PageHead title="Settings">What this organization is called, and how people join it.</PageHead>
      <h2 className="visually-hidden">Settings of the organization</h2>
      <ProblemNotice
        reason={problem}
        error={error}
        onTryNow={() => query.refetch()}
        isTrying={query.isFetching}
      />
      {organization ? (
        <Loaded mine={mine} organization={organization} settings={settings} />
      ) : (
        problem === null && <SkeletonRows label="Loading the settings" />
      )}
    </>
  );
}

interface LoadedProps {
  readonly mine: MyOrganization;
  readonly organization: NonNullable<ReturnType<typeof useSettings>["organization"]>;
  readonly settings: ReturnType<typeof useSettings>;
}

function Loaded({ mine, organization, settings: { send, dismiss, problemOf } }: LoadedProps) {
  const { id, name, jit, defaultRole } = organization;
  const { org } = usePlatform();
  const connections = useQuery(org.connections.list.queryOptions({ organizationId: id })).data;
  const hasConnection = connections?.some((each) => each.state === "enabled") ?? false;
  const lock = (setting: keyof Changes) => lockOf(setting, organization, mine.role);
  return (
    <>
      <div className="card rows">
        <NameField
          name={name}
          lock={lock("name")}
          problem={problemOf("name")}
          onSave={(next) => send("name", { name: next })}
          onEdit={() => dismiss("name")}
        />
        <Setting
          title="Join without an invitation"
          what={joinText(organization, hasConnection)}
          lock={lock("jit")}
          problem={problemOf("jit")}
        >
          {(labels) => (
            <Switch
              {...labels}
              className="switch"
              isSelected={jit}
              isDisabled={lock("jit") !== null}
              onChange={async (next) => {
                if (await send("jit", { jit: next }))
                  announce(`Join without an invitation is ${next ? "on" : "off"}`);
              }}
            >
              <span className="switch-track" aria-hidden="true" />
              <span className="switch-state">{jit ? "On" : "Off"}</span>
            </Switch>
          )}
        </Setting>
        <Setting
          title="Default role"
          what="The role of people who join without an invitation."
          lock={lock("defaultRole")}
          problem={problemOf("defaultRole")}
        >
          {() => (
            <MenuButton
              className="button button-small"
              label={`Default role: ${ROLE_NAMES[defaultRole]}`}
              isDisabled={lock("defaultRole") !== null}
              selected={defaultRole}
              placement="bottom end"
              choices={DEFAULT_ROLES}
              onChoose={async (role) => {
                if ((role !== "member" && role !== "admin") || role === defaultRole) return;
                if (await send("defaultRole", { defaultRole: role }))
                  announce(`The default role is ${ROLE_NAMES[role]}`);
              }}
            >
              {ROLE_NAMES[defaultRole]}
              <Icon name="down" />
            </MenuButton>
          )}
        </Setting>
      </div>
      <About organization={organization} hasConnection={hasConnection} />
      <DangerZone mine={mine} organization={organization} />
    </>
  );
}

interface AboutProps {
  readonly organization: Organization;
  readonly hasConnection: boolean;
}

function About({ organization, hasConnection }: AboutProps) {
  const { id, jit, enforceSso, closing } = organization;
  const { data: domains } = useQuery(usePlatform().org.domains.list.queryOptions({ organizationId: id }));
  return (
    <Facts id="facts" title="About this organization">
      <Fact name="Join by domain">
        {domains && (
          <span className="settings-fact">
            {joinByDomainText(domains, jit)}
            <Link className="settings-link" href={pathOf(id, "domains")}>
              {domains.some(isTrusted) ? "See Domains" : "Verify a domain"}
            </Link>
          </span>
        )}
      </Fact>
      <Fact name="Single sign-on">
        <span className="settings-fact">
          {enforceSso ? "Required for your domains" : hasConnection ? "On, not required" : "Not set up"}
          <Link className="settings-link" href={pathOf(id, "sign-in")}>
            {enforceSso || hasConnection ? "See Sign-in" : "Set it up on Sign-in"}
          </Link>
        </span>
      </Fact>
      <Fact name="State">
        {closing === null ? (
          <Badge tone="good" icon="check">
            Open
          </Badge>
        ) : (
          <Badge tone="warn" icon="clock">
            Open, closes <Time at={closing.closesAt} />
          </Badge>
        )}
      </Fact>
      <Fact name="Organization ID">
        <CopyableId id={id} what="organization ID" />
      </Fact>
    </Facts>
  );
}

interface SettingProps {
  readonly title: string;
  readonly what: string;
  readonly lock: string | null;
  readonly problem: AppReason | null;
  readonly children: (labels: { "aria-labelledby": string; "aria-describedby": string }) => ReactNode;
}

function Setting({ title, what, lock, problem, children }: SettingProps) {
  const id = useId();
  return (
    <section className="row setting" aria-labelledby={`${id}-title`}>
      <div className="setting-text">
        <h3 id={`${id}-title`} className="setting-title">
          {title}
        </h3>
        <div id={`${id}-what`}>
          <p className="quiet">{what}</p>
          <Lock reason={lock} />
        </div>
        <SettingProblem reason={problem} />
      </div>
      {children({ "aria-labelledby": `${id}-title`, "aria-describedby": `${id}-what` })}
    </section>
  );
}
