import type { ReactNode } from "react";
import {
  Button,
  Header,
  Link,
  ListBox,
  ListBoxItem,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  Select,
  SelectValue,
} from "react-aria-components";
import { announce } from "./announcer.tsx";
import { useApp } from "./app-context.ts";
import { Avatar, initialOf } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { LogoMark } from "./logo.tsx";
import { navigate, usePath } from "./path.ts";
import type { AppReason } from "./problems.ts";
import { useStanding } from "./use-me.ts";

const PAGES = [
  { path: "/", name: "Runs" },
  { path: "/organizations", name: "Organizations" },
  { path: "/account", name: "Account" },
] as const;

export interface ShellProps {
  /** The problem that is shown in place of the page. */
  readonly problem: AppReason | null;
  readonly children: ReactNode;
}

/** The header and navigation around every page of a signed-in user. */
export function Shell({ problem, children }: ShellProps) {
  const path = usePath();
  return (
    <div>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="shell-header">
        <div className="shell-bar">
          <Link className="shell-logo" href="/" aria-label="Platform, runs">
            <LogoMark size={28} />
          </Link>
          <span className="shell-slash" aria-hidden="true" />
          {/* The list of organizations is outdated for a removed user. */}
          {problem !== "MEMBERSHIP_REMOVED" && <OrganizationSwitcher isDisabled={problem !== null} />}
          <AccountMenu />
        </div>
        <nav className="shell-nav" aria-label="Main">
          {PAGES.map(({ path: target, name }) => (
            <Link
              key={target}
              href={target}
              className="shell-tab"
              {...(isAt(path, target) && { "aria-current": "page" as const })}
            >
              {name}
            </Link>
          ))}
        </nav>
      </header>
      <main id="main" className="shell-main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function isAt(path: string, target: string): boolean {
  return path === target || (target === "/" && path.startsWith("/runs/"));
}

function OrganizationSwitcher({ isDisabled }: { readonly isDisabled: boolean }) {
  const { me, organization, choose } = useStanding();
  const { organizations } = me;
  if (organizations.length === 0) return <span className="shell-organization quiet">No organization</span>;
  if (organizations.length === 1 && organization) {
    return (
      <span className="shell-organization">
        <Avatar name={organization.name} />
        <span className="visually-hidden">Organization: </span>
        <bdi className="ellipsis">{organization.name}</bdi>
      </span>
    );
  }
  return (
    <Select
      aria-label="Organization"
      className="switcher"
      isDisabled={isDisabled}
      placeholder="Choose an organization"
      selectedKey={organization?.id ?? null}
      disabledKeys={organizations.filter(({ ssoRequired }) => ssoRequired).map(({ id }) => id)}
      onSelectionChange={(id) => {
        const chosen = organizations.find((each) => each.id === id);
        if (chosen === undefined || chosen.id === organization?.id) return;
        choose(chosen.id);
        announce(`Switched to ${chosen.name}`);
        if (location.pathname.startsWith("/runs/")) navigate("/");
      }}
    >
      <Button className="switcher-button">
        {organization && <Avatar name={organization.name} />}
        <SelectValue className="ellipsis">{organization && <bdi>{organization.name}</bdi>}</SelectValue>
        <Icon name="chevrons" />
      </Button>
      <Popover className="popover">
        <ListBox className="menu">
          {organizations.map(({ id, name, role, ssoRequired }) => (
            <ListBoxItem key={id} id={id} textValue={name} className="menu-item">
              <Avatar name={name} />
              <span className="menu-text">
                <bdi className="menu-name">{name}</bdi>
                <span className="menu-note">{ssoRequired ? "Requires single sign-on" : role}</span>
              </span>
              <Icon name="check" />
            </ListBoxItem>
          ))}
        </ListBox>
      </Popover>
    </Select>
  );
}

function AccountMenu() {
  const { signOut } = useApp();
  const { email } = useStanding().me.user;
  const { email: signInEmail } = useApp();
  const address = email ?? signInEmail ?? "You";
  return (
    <MenuTrigger>
      <Button className="account-button" aria-label="Account menu">
        <span className="initials" data-letter={initialOf(address)} />
      </Button>
      <Popover className="popover" placement="bottom end">
        <Menu className="menu" aria-label="Account menu">
          <MenuSection>
            <Header className="menu-header">
              <bdi>{address}</bdi>
            </Header>
            <MenuItem className="menu-item" href="/account">
              <Icon name="user" />
              Account
            </MenuItem>
            <MenuItem className="menu-item" href="/organizations">
              <Icon name="building" />
              Organizations
            </MenuItem>
          </MenuSection>
          <MenuSection aria-label="Leave" className="menu-foot">
            <MenuItem className="menu-item" onAction={signOut}>
              <Icon name="out" />
              Sign out
            </MenuItem>
          </MenuSection>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}
