import type { RunningDnsServer } from "@platform-api/dev/dns";
import type { Environment } from "@platform-api/platform-api";
import { expect } from "vitest";
import { logins, ORGANIZATIONS } from "../simulator/people.ts";
import type { Stack } from "../simulator/stack.ts";

/** What the lines of all pages run on. */
export interface World {
  readonly stack: Stack;
  readonly dns: RunningDnsServer;
  /** The folder of the page's shell. */
  readonly home: string;
}

/** What has happened before somebody follows a page. */
export interface Setting {
  /** What the page calls things, and what they are called here. */
  readonly here?: Readonly<Record<string, string>>;
  /** Variables of the shell. */
  readonly env?: Environment;
  /** Lines that exit with 1, because something is left. */
  readonly fails?: RegExp;
  /** Files in the folder of the shell. */
  readonly files?: Readonly<Record<string, string>>;
  /** What others do and see once a command of platform-api has been run. */
  readonly after?: (command: string, printed: string) => Promise<unknown>;
  /** What systemd does with the processes of the page. @returns what `systemctl` prints */
  readonly systemctl?: (args: readonly string[]) => Promise<string>;
  readonly close?: () => Promise<unknown>;
}

export type Prepare = (world: World) => Promise<Setting>;

/** An organizations file. */
export function fileOf(...organizations: readonly object[]): Readonly<Record<string, string>> {
  return { "organizations.json": JSON.stringify({ organizations }) };
}

/** An organization as all stacks begin with it. */
export function declared(id: string): (typeof ORGANIZATIONS)[number] {
  return ORGANIZATIONS.find((each) => each.id === id) ?? expect.fail(id);
}

/** Signs somebody at Acme in. @returns their UUID */
export async function signIn(
  { stack }: World,
  name: string,
  subject: string,
  connection = "acme-entra",
): Promise<string> {
  const token = await logins(stack).entra(`${name}@acme.example`, { subject, connection });
  return (await stack.client(token).auth.validate.query()).userId;
}

/** A second account with the address of somebody who has signed in. @returns its token, which is refused */
export async function secondAccount({ stack }: World, name: string, subject: string): Promise<string> {
  const token = await logins(stack).entra(`${name}@acme.example`, { subject });
  await expect(stack.client(token).auth.validate.query()).rejects.toMatchObject({
    data: { reason: "IDENTITY_CONFLICT" },
  });
  return token;
}
