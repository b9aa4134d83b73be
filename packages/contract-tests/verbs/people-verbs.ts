import { HOLDING, INN, MILL } from "./company.ts";
import { call, command, inTurn, login, type Verb } from "./verb.ts";
import type { VerbWorld } from "./world.ts";

const user =
  (who: keyof VerbWorld["ids"]) =>
  ({ ids }: VerbWorld) => ({ userId: ids[who] });
const role = (who: keyof VerbWorld["ids"], to: string) => (world: VerbWorld) => ({
  ...user(who)(world),
  role: to,
});
const TOMORROW = new Date(Date.now() + 86_400_000).toISOString();
const openWindow = command(() => ["connection", "relink-window", "mill-entra", "--until", TOMORROW]);
const importInto =
  (organization: string): Verb["run"] =>
  (at, { ids: { newcomer: userId }, file }) => {
    const members = [{ organization, userId, email: "newcomer@mill.example" }];
    return at.cli(["member", "import", file(`members-of-${organization}.json`, members), "--apply"]);
  };
const invitedAndImported = inTurn(
  command(() => ["invitation", "create", INN, "newcomer@mill.example", "--role", "member"]),
  importInto(INN),
);

/** Changes of members, of who somebody is, and of invitations. */
export const PEOPLE_VERBS: Readonly<Record<string, Verb>> = {
  "somebody joins": {
    subject: "people",
    run: call("member", "join", { organizationId: HOLDING }),
    commits: [["membership-created"]],
  },
  "a member becomes an admin": {
    subject: "people",
    run: call("owner", "members.setRole", { input: role("member", "admin") }),
    commits: [["role-changed"]],
  },
  "a member becomes an owner": {
    subject: "people",
    run: call("owner", "members.setRole", { input: role("member", "owner") }),
    commits: [["role-changed"]],
  },
  "a member is removed": {
    subject: "people",
    run: call("owner", "members.remove", { input: user("member") }),
    commits: [["membership-removed"]],
  },
  "a removed member asks to be restored": {
    subject: "people",
    prepare: call("owner", "members.remove", { input: user("member") }),
    run: call("member", "askToBeRestored"),
    commits: [[]],
  },
  "a member is restored": {
    subject: "people",
    prepare: call("owner", "members.remove", { input: user("member") }),
    run: call("owner", "members.restore", { input: user("member") }),
    commits: [["membership-restored"]],
  },
  "a member becomes an admin, in a call about many": {
    subject: "people",
    run: call("owner", "members.changeMany", {
      input: ({ ids }) => ({ userIds: [ids.member], change: { role: "admin" } }),
    }),
    commits: [["role-changed"]],
  },
  "a member leaves": {
    subject: "people",
    run: call("member", "members.leave"),
    commits: [["membership-left"]],
  },
  "members are imported": {
    subject: "people",
    run: importInto(MILL),
    commits: [["membership-created"]],
  },
  "an owner becomes a member": {
    subject: "owners",
    run: call("innOwner", "members.setRole", { input: role("innSecond", "member"), organizationId: INN }),
    commits: [["role-changed"]],
  },
  "an owner is removed": {
    subject: "owners",
    run: call("innOwner", "members.remove", { input: user("innSecond"), organizationId: INN }),
    commits: [["membership-removed"]],
  },
  "an owner leaves": {
    subject: "owners",
    run: call("innOwner", "members.leave", { organizationId: INN }),
    commits: [["membership-left"]],
  },
  "the other owner leaves": {
    subject: "owners",
    run: call("innSecond", "members.leave", { organizationId: INN }),
    commits: [["membership-left"]],
  },
  "an operator makes an owner": {
    subject: "owners",
    prepare: call("innOwner", "members.setRole", { input: role("innSecond", "member"), organizationId: INN }),
    run: command(({ ids }) => ["member", "set-role", INN, ids.innSecond, "owner", "--force"]),
    commits: [["role-changed"]],
  },
  "a first login through SSO, which makes a member": {
    subject: "identity",
    run: login("newcomer"),
    commits: [["identity-linked"], ["membership-created"]],
  },
  "a login of another subject, which takes a seat over": {
    subject: "identity",
    prepare: openWindow,
    run: login("rival"),
    commits: [["identity-linked", "seat-taken-over"]],
  },
  "a relink window is opened": {
    subject: "identity",
    run: openWindow,
    commits: [["relink-window-opened"]],
    isRepeated: true,
  },
  "a relink window is closed": {
    subject: "identity",
    prepare: openWindow,
    run: command(() => ["connection", "relink-window", "mill-entra", "--close"]),
    commits: [["relink-window-closed"]],
  },
  "a user is signed out everywhere": {
    subject: "identity",
    run: command(({ ids }) => ["identity", "sign-out", ids.member, "--yes"]),
    commits: [["identity-signed-out"]],
    isRepeated: true,
  },
  "a user is blocked": {
    subject: "identity",
    run: command(({ ids }) => ["identity", "block", ids.member, "--yes"]),
    commits: [["identity-blocked"]],
  },
  "a user is unblocked": {
    subject: "identity",
    prepare: command(({ ids }) => ["identity", "block", ids.member, "--yes"]),
    run: command(({ ids }) => ["identity", "unblock", ids.member, "--yes"]),
    commits: [["identity-unblocked"]],
  },
  "an organization is allowed to speak for a user": {
    subject: "identity",
    run: command(({ ids }) => ["identity", "allow", ids.member, INN, "--yes"]),
    commits: [["identity-allowed"]],
  },
  "a subject is relinked": {
    subject: "identity",
    run: command(({ ids }) => [
      "identity",
      "relink",
      "waad|rival",
      ids.member,
      "--connection",
      "mill-entra",
      "--yes",
    ]),
    commits: [["identity-relinked"]],
  },
  "a subject is unlinked": {
    subject: "identity",
    run: command(() => ["identity", "unlink", "waad|member", "--yes"]),
    commits: [["identity-unlinked"]],
  },
  "a first login with an invitation": {
    subject: "invitations",
    run: login("invited"),
    commits: [["identity-linked"], ["invitation-accepted", "membership-created"], []],
    endsCounting: true,
  },
  "a login accepts the invitation of a member": {
    subject: "invitations",
    prepare: invitedAndImported,
    run: login("newcomerByPassword"),
    commits: [["identity-linked"], ["invitation-accepted"], []],
    endsCounting: true,
  },
  "a login voids the invitation of who was removed": {
    subject: "invitations",
    prepare: inTurn(
      invitedAndImported,
      call("innOwner", "members.remove", { input: user("newcomer"), organizationId: INN }),
    ),
    run: login("newcomerByPassword"),
    commits: [["identity-linked"], ["invitation-voided"], []],
    endsCounting: true,
  },
  "people are invited": {
    subject: "invitations",
    run: call("owner", "invitations.create", {
      input: () => ({
        emails: ["a@elsewhere.example", "b@elsewhere.example"],
        role: "member",
      }),
    }),
    commits: [["invitation-sent", "invitation-sent"]],
    isRepeated: true,
  },
  "an invitation is sent again": {
    subject: "invitations",
    run: call("owner", "invitations.resend", { input: () => ({ email: "guest@elsewhere.example" }) }),
    commits: [["invitation-resent"]],
    isRepeated: true,
  },
  "an invitation is revoked": {
    subject: "invitations",
    run: call("owner", "invitations.revoke", { input: () => ({ email: "guest@elsewhere.example" }) }),
    commits: [["invitation-revoked"]],
  },
  "an invitation is revoked, in a call about many": {
    subject: "invitations",
    run: call("owner", "invitations.changeMany", {
      input: () => ({ emails: ["guest@elsewhere.example"], change: "revoke" }),
    }),
    commits: [["invitation-revoked"]],
  },
  "an invitation is accepted": {
    subject: "invitations",
    run: call("guest", "invitations.accept"),
    commits: [["invitation-accepted", "membership-created"], []],
    endsCounting: true,
  },
  "an invitation is declined": {
    subject: "invitations",
    run: call("guest", "invitations.decline"),
    commits: [["invitation-declined"]],
  },
};
