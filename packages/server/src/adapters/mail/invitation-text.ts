import type { InvitationMail, Role } from "../../domain/index.ts";
import type { MailBrand, MailSite } from "./mail-brand.ts";
import {
  button,
  escaped,
  footnote,
  harmless,
  heading,
  type MailText,
  page,
  readable,
  shownAddress,
} from "./mail-text.ts";

const AS_ROLE = { member: "a member", admin: "an admin", owner: "an owner" } as const satisfies Record<
  Role,
  string
>;

/** The mail about an invitation. Its only link leads to the sign-in page, with the address as a hint. */
export function invitationText(mail: InvitationMail, { brand, frontendUrl }: MailSite): MailText {
  const name = harmless(mail.organizationName);
  const { short, long } = inviterOf(mail, brand);
  const subject = short === null ? `You are invited to ${name}` : `${short} invited you to ${name}`;
  const invited = long === null ? "You are invited" : `${long} invited you`;
  const what = `${invited} to join “${name}” on ${brand.name} as ${AS_ROLE[mail.role]}.`;
  const how = `Create an account as ${mail.to}, or sign in. You may be asked to confirm the address by a second mail.`;
  const until = `The invitation is valid until ${readable(mail.expiresAt)} UTC.`;
  const ignore =
    "If you did not expect it, ignore this mail. Nothing happens until you sign in with this address.";
  const link = `${frontendUrl}/sign-in#email=${percentEncoded(mail.to)}`;
  const join = `Join ${name}`;
  return {
    subject,
    text: `${[what, `${join}:\n${link}`, how, `${until} ${ignore}`].join("\n\n")}\n`,
    html: page(
      subject,
      [
        heading(subject),
        `<p style="margin:0">${escaped(what)}</p>`,
        button(link, join, brand),
        `<p style="margin:0 0 24px">${escaped(how)}</p>`,
        footnote(`${until} ${ignore}`),
      ].join("\n"),
      brand,
    ),
  };
}

/**
 * Who invites: operators as the product's team; a member in short by their name, else by their address, and at length by
 * both, because people choose their names themselves. Null where no address can be shown.
 */
export function inviterOf(
  { invitedBy, inviterName, isOperators }: Pick<InvitationMail, "invitedBy" | "inviterName" | "isOperators">,
  brand: MailBrand,
) {
  // No subject names the team: a member may be called so.
  if (isOperators) return { short: null, long: `The team of ${brand.name}` };
  const address = shownAddress(invitedBy);
  const name = inviterName === null || address === null ? "" : harmless(inviterName);
  if (name === "") return { short: address, long: address };
  return { short: name, long: `${name} (${address})` };
}

/** Also `'` and its like, at which mail programs may end a link. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*~]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
