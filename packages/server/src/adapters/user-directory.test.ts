import { expect, it } from "vitest";
import { address, JANE, UNBOUNDED } from "../domain/testing/people.ts";
import { cljRegisteredUsers } from "./user-directory.ts";

it("a registered user counts only at the address that was asked for, in any letter case", async () => {
  const find = (email: string) => {
    const findByEmail = async () => ({ id: JANE, email, emailVerified: true });
    return cljRegisteredUsers({ findByEmail }).find(address("jane@acme.example"), UNBOUNDED);
  };
  expect(await find("Jane@Acme.example")).toBe(JANE);
  expect(await find("jane@other.example")).toBeNull();
});
