import type { GivenOrder } from "../files/given-order.ts";

/** One order of a file, or why there is none in its place. */
export type FileEntry = { readonly line: number } & (
  | ({ readonly kind: "order" } & GivenOrder)
  /** A platform's export says that the order is not paid. */
  | { readonly kind: "unpaid"; readonly orderNumber: unknown }
  | FaultyEntry
);

export interface FaultyEntry {
  readonly kind: "faulty";
  readonly line: number;
  /** The number as the file has it, where it can be read. */
  readonly orderNumber?: unknown;
  /** The column or the field. */
  readonly field: string;
  /** What is wrong and what to do. Never contains a value of the file. */
  readonly message: string;
  /** Set where the rest of the file can't be read. */
  readonly last?: true;
}
