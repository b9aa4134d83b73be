import { vi } from "vitest";
import type { Transactions } from "../transaction.ts";

/** Lets something happen once, between what the next change reads and what it stores. @returns the spy */
export function meanwhile({ transactions }: { readonly transactions: Transactions }, happens: () => unknown) {
  const { commit } = transactions;
  return vi.spyOn(transactions, "commit").mockImplementationOnce(async (...changes) => {
    await happens();
    return commit(...changes);
  });
}
