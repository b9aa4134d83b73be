import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "react-aria-components";
import { announce } from "../../design/announcer.tsx";
import { Avatar } from "../../design/avatar.tsx";
import { Icon } from "../../design/icon.tsx";
import { lazyOverlay } from "../../design/overlays/lazy-overlay.tsx";
import { MenuButton } from "../../design/overlays/menu-button.tsx";
import type { MenuChoice } from "../../design/overlays/menu-choice.ts";
import { ROLE_NAMES } from "../../organization/role-text.ts";
import { useStanding } from "../../organization/use-me.ts";
import { brand } from "../config/brand.ts";
import { LogoMark } from "../config/logo.tsx";
import { pathOf, placeOf, usePath } from "../routing/path.ts";
import { useApp } from "../session/app-context.ts";
import { useKeys } from "./keys.ts";
import { isAdmin, ORGANIZATION_PAGES } from "./organization-pages.ts";

const { Overlay: KeysDialog } = lazyOverlay(async () => (await import("./keys-dialog.tsx")).KeysDialog);

export interface ShellProps {
  /** Whether a problem replaces the page. Then no other page can be opened, and the list of organizations may be outdated. */
  readonly isBlocked: boolean;
  /** Below the header. */
  readonly bar: ReactNode;
  readonly children: ReactNode;
}

/** The header and navigation around every page of a signed-in user. */
export function Shell({ isBlocked, bar, children }: ShellProps) {
  const [areKeysShown, setKeysShown] = useState(false);
  useKeys(() => setKeysShown(true));
  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="shell-header">
        <div className="shell-bar">
          <Link className="shell-logo" href="/" aria-label={`${brand().name}, runs`}>
            <LogoMark size={28} />
          </Link>
          {!isBlocked && <OrganizationSwitcher />}
          <AccountMenu isBlocked={isBlocked} onShowKeys={() => setKeysShown(true)} />
        </div>
        {!isBlocked && <Navigation />}
        {bar}
      </header>
      <main id="main" className="shell-main" tabIndex={-1}>
        {children}
      </main>
      {areKeysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
    </div>
  );
}

/** The pages of the active organization that the user's role allows. */
function Navigation() {
  const place = placeOf(usePath());
  const { organization } = useStanding();
  const page = place?.page;
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    if (page === undefined) return;
    const showCurrent = () => scrollToCurrent(nav.current);
    showCurrent();
    addEventListener("resize", showCurrent);
    return () => removeEventListener("resize", showCurrent);
  }, [page]);
  if (organization === null) return null;
  return (
    <nav ref={nav} className="shell-nav" aria-label="Main">
      {ORGANIZATION_PAGES.filter((each) => isAdmin(organization) || !each.isForAdmins).map((each) => (
        <Link
          key={each.page}
          href={pathOf(organization.id, each.page)}
          className="shell-tab"
          onHoverStart={() => void each.part.preload()}
          onFocus={() => void each.part.preload()}
          {...(page === each.page && { "aria-current": "page" as const })}
        >
          {each.name}
        </Link>
      ))}
    </nav>
  );
}

/** On a phone the tabs do not fit, and scroll sideways. */
function scrollToCurrent(nav: HTMLElement | null): void {
  const tab = nav?.querySelector<HTMLElement>("[aria-current]");
  if (nav && tab) nav.scrollLeft = tab.offsetLeft - (nav.clientWidth - tab.offsetWidth) / 2;
}

function OrganizationSwitcher() {
  const { me, organization, choose } = useStanding();
  const { organizations } = me;
  const [first, ...others] = organizations;
  if (first === undefined) return null;
  const slash = <span className="shell-slash" aria-hidden="true" />;
  if (others.length === 0 && (organization !== null || first.ssoRequired)) {
    return (
      <>
        {slash}
        <span className="shell-organization">
          <Avatar id={first.id} name={first.name} />
          <span className="visually-hidden">Organization: </span>
          <bdi className="ellipsis">{first.name}</bdi>
        </span>
      </>
    );
  }
  return (
    <>
      {slash}
      <MenuButton
        className="switcher-button"
        label={organization ? `Organization: ${organization.name}` : "Choose an organization"}
        selected={organization?.id ?? ""}
        choices={organizations.map(({ id, name, role, ssoRequired }) => {
          const note = ssoRequired ? "Requires single sign-on" : ROLE_NAMES[role];
          return { id, label: name, note, picture: <Avatar id={id} name={name} />, isDisabled: ssoRequired };
        })}
        onChoose={(id) => {
          const chosen = organizations.find((each) => each.id === id);
          if (chosen === undefined || chosen.id === organization?.id) return;
          choose(chosen.id);
          announce(`Switched to ${chosen.name}`);
        }}
      >
        {organization && <Avatar id={organization.id} name={organization.name} />}
        <bdi className="ellipsis">{organization?.name ?? "Choose an organization"}</bdi>
        <Icon name="chevrons" />
      </MenuButton>
    </>
  );
}

interface AccountMenuProps extends Pick<ShellProps, "isBlocked"> {
  readonly onShowKeys: () => void;
}

function AccountMenu({ isBlocked, onShowKeys }: AccountMenuProps) {
  const { signOut, email: signInEmail } = useApp();
  const { userId, email } = useStanding().me.user;
  const address = email ?? signInEmail ?? "You";
  return (
    <MenuButton
      className="account-button"
      label="Account menu"
      placement="bottom end"
      header={<bdi>{address}</bdi>}
      choices={[...(isBlocked ? [] : ownChoices()), ...linkChoices(), SIGN_OUT]}
      onChoose={(id) => {
        if (id === "keys") onShowKeys();
        if (id === "out") signOut();
      }}
    >
      <Avatar id={userId} name={address} />
    </MenuButton>
  );
}

const ACCOUNT_CHOICES: readonly MenuChoice[] = [
  { id: "account", label: "Account", icon: "user", href: "/account" },
  { id: "organizations", label: "Organizations", icon: "building", href: "/organizations" },
];
const KEYS: MenuChoice = { id: "keys", label: "Keyboard shortcuts", icon: "keyboard" };
const SIGN_OUT: MenuChoice = { id: "out", label: "Sign out", icon: "out", isApart: true };

/** What a finger alone has no keys for is left out. */
function ownChoices(): readonly MenuChoice[] {
  return matchMedia("(any-pointer: fine)").matches ? [...ACCOUNT_CHOICES, KEYS] : ACCOUNT_CHOICES;
}

/** The configured links for help and of the law. */
function linkChoices(): MenuChoice[] {
  const { supportUrl, legalLinks } = brand();
  const links = [...(supportUrl === undefined ? [] : [{ label: "Support", url: supportUrl }]), ...legalLinks];
  return links.map(({ label, url }, index) => {
    return { id: `link-${index}`, label, icon: "external", href: url, isApart: index === 0 };
  });
}
