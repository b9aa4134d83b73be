import { PASSWORD_CONNECTION } from "../identity-provider/index.ts";

/** The example accounts, and what each one shows. An account exists if its organization is in the file. */
export const ACCOUNTS = [
  {
    email: "jane@acme.example",
    name: "Jane Doe",
    organization: "acme",
    connection: "acme-entra",
    shows: "first SSO login makes a member of Acme",
  },
  {
    email: "hank@globex.example",
    name: "Hank Scorpio",
    organization: "globex",
    connection: "globex-saml",
    shows: "invited as owner of Globex",
  },
  {
    email: "ada@umbrella.example",
    name: "Ada Wong",
    organization: "umbrella-labs",
    connection: "umbrella-okta",
    shows: "member of Umbrella Labs, may join Umbrella Retail",
  },
  {
    email: "peter@initech.example",
    name: "Peter Gibbons",
    organization: "initech",
    connection: "initech-adfs",
    shows: "Initech accepts only its own SSO",
  },
  {
    email: "casey@freelance.example",
    name: "Casey Lee",
    organization: "initech",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: true,
    shows: "password, invited to Initech from outside",
  },
  {
    email: "pat@hooli.example",
    name: "Pat Chen",
    organization: "hooli",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: true,
    shows: "password, may join Hooli",
  },
  {
    email: "mallory@hooli.example",
    name: "Mallory",
    organization: "hooli",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: false,
    shows: "refused: the address is not verified",
  },
  {
    email: "rita@piper.example",
    name: "Rita Pied",
    organization: "piper",
    connection: PASSWORD_CONNECTION.name,
    emailVerified: true,
    shows: "password, no organization yet: see docs/onboard.md",
  },
] as const;
