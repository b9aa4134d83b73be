import freeEmailDomains from "free-email-domains";
import { getDomain, getPublicSuffix } from "tldts";
import type { DomainNames } from "../domain/index.ts";

/** E-mail relays, privacy mail and Entra's own domain, which the published list lacks. */
const MORE_MAIL_DOMAINS = `1und1.de aleeas.com disroot.org email.de hey.com keemail.me kolabnow.com mailbox.org
  mozmail.com onmicrosoft.com passinbox.com passmail.net pobox.com privaterelay.appleid.com relay.firefox.com riseup.net
  simplelogin.co simplelogin.com skiff.com slmail.me startmail.com tuta.com tutamail.com tutanota.com`;
const PUBLIC_MAIL_DOMAINS = new Set([...freeEmailDomains, ...MORE_MAIL_DOMAINS.split(/\s+/)]);

/** A domain that one customer can own is neither a mail provider's nor one under which anyone can register names. */
export const domainNames: DomainNames = {
  problemOf(domain) {
    if (PUBLIC_MAIL_DOMAINS.has(domain)) {
      return "is a public mail domain: its addresses belong to no organization";
    }
    const isSuffix = getPublicSuffix(domain, { allowPrivateDomains: true }) === domain;
    return isSuffix ? "is a public suffix: anyone can register a name under it" : null;
  },
  registrable: (domain) => getDomain(domain, { allowPrivateDomains: true }) ?? domain,
};
