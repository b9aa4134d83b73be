import type { Member } from "@platform-api/client";
import { expect, it, onTestFinished, vi } from "vitest";
import { MOST_ROWS } from "../../app/files/csv.ts";
import { exportMembers } from "./export-members.ts";
import { member } from "./member.fixture.ts";
import type { MemberView } from "./member-view.ts";

const EVERYONE: MemberView = { query: "", role: null, status: "active", sort: null };

function exported(items: readonly Member[], view: Partial<MemberView> = {}) {
  vi.useFakeTimers({ now: new Date("2026-12-01T07:11:02Z") });
  onTestFinished(() => void vi.useRealTimers());
  return exportMembers({
    organizationId: "acme",
    view: { ...EVERYONE, ...view },
    load: async () => ({ items: [...items], nextCursor: null }),
    nameInviters: async (ids) => new Map(ids.map((id) => [id, `${id}@a.example`])),
    onProgress: () => {},
    signal: new AbortController().signal,
  });
}

it("has a line for each member, with who invited them, and runs nothing", async () => {
  const { lines } = await exported([
    member({ name: "=1+1", invitedBy: "jane" }),
    member({ email: null, status: "removed", origin: "jit", role: "admin" }),
  ]);
  expect(lines).toEqual([
    '\ufeffName,Address,Role,Status,Origin,"Joined (UTC)","User ID"\r\n',
    '\'=1+1,ben@a.example,Member,Active,"Invited by jane@a.example",2026-11-26T00:00:00Z,0a1b2c3d-4\r\n',
    ',,Admin,Removed,"Single sign-on",2026-11-26T00:00:00Z,0a1b2c3d-4\r\n',
  ]);
});

it("is named after what it has", async () => {
  const { name, toast } = await exported([member()], { query: "be", role: "admin", status: "removed" });
  expect(name).toBe("acme-members-removed-admins-be-2026-12-01T07-11-02Z.csv");
  expect(toast).toEqual({ text: `Exported 1 removed admin to ${name}` });
});

it("ends after 10,000, and says so", async () => {
  const { lines, toast } = await exported(Array.from({ length: MOST_ROWS + 1 }, () => member()));
  expect(lines).toHaveLength(MOST_ROWS + 1); // and the header
  expect(toast.text).toMatch(/^Exported the first 10,000 people to acme-members-2026/);
  expect(toast.detail).toBe("There are more: search or filter for the rest.");
});
