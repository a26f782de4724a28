import type { GivenOrder } from "../files/given-order.ts";

/** One order of a file, or what is wrong with the place where one should stand. */
export type FileEntry = { readonly line: number } & (
  | ({ readonly ok: true } & GivenOrder)
  | {
      readonly ok: false;
      /** As it stands there, if it could be read. */
      readonly orderNumber?: unknown;
      readonly field: string;
      readonly message: string;
      /** Nothing can be read from here on, so that nobody knows what else the file holds. */
      readonly last?: true;
    }
);
