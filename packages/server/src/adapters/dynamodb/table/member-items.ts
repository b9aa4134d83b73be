import { z } from "zod";
import {
  type HeldItems,
  type Membership,
  memberPlaces,
  memberWords,
  PLACED_BY,
} from "../../../domain/index.ts";
import { keys } from "./keys.ts";
import { organizationId, role, userId } from "./scalars.ts";
import { type ItemType, type StoredItem, toItem } from "./stored-item.ts";

const WORDS = /^ORG#(.+)#WORD#/;
const PLACES = /^ORG#(.+)#([A-Z]+)#([a-z]+)$/;
const UUID_LENGTH = 36;

const key = z.object({ pk: z.string(), sk: z.string() });

/** What lists and finds members. It follows from the membership, and nearly all of it is the key, so that pages are long. */
export const MEMBER_ITEMS: {
  readonly [Kind in "memberWord" | "memberPlace"]: ItemType<HeldItems[Kind]>;
} = {
  memberWord: {
    type: "member-word",
    schema: key
      .extend({ words: z.array(z.string()) })
      .transform(({ pk, sk, words }) => {
        const [, organizationId] = WORDS.exec(pk) ?? [];
        return { organizationId, userId: sk.slice(-UUID_LENGTH), word: sk.slice(0, -UUID_LENGTH - 1), words };
      })
      .pipe(z.object({ organizationId, userId, word: z.string(), words: z.array(z.string()) })),
    key: keys.memberWord,
    attributes: ({ words }) => ({ words }),
  },
  memberPlace: {
    type: "member-place",
    schema: key
      .transform(({ pk, sk: position }) => {
        const [, organizationId, by, role] = PLACES.exec(pk) ?? [];
        return {
          organizationId,
          userId: position.slice(-UUID_LENGTH),
          by: by?.toLowerCase(),
          role,
          position,
        };
      })
      .pipe(z.object({ organizationId, userId, by: z.enum(PLACED_BY), role, position: z.string() })),
    key: keys.memberPlace,
    attributes: () => ({}),
  },
};

/** What is stored with a membership. */
export function itemsOfMember(membership: Membership): readonly StoredItem[] {
  return [
    ...memberWords(membership).map((word) => toItem(MEMBER_ITEMS.memberWord, word)),
    ...memberPlaces(membership).map((place) => toItem(MEMBER_ITEMS.memberPlace, place)),
  ];
}
