import type { Member } from "@platform-api/client";

export function member(changes: Partial<Member> = {}): Member {
  return {
    userId: "0a1b2c3d-4",
    email: "ben@a.example",
    name: null,
    role: "member",
    status: "active",
    origin: "invitation",
    outside: false,
    invitedBy: null,
    joinedAt: "2026-11-26T00:00:00Z",
    removedAt: null,
    removedBy: null,
    ...changes,
  };
}
