/** A folder into which the tarballs are installed beside other packages. */
export interface ConsumerHome {
  readonly name: string;
  /** What npm installs beside the tarballs. */
  readonly packages: readonly string[];
  readonly projects: readonly ConsumerProject[];
}

/** A project as a shop has it. */
export interface ConsumerProject {
  readonly name: string;
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, string>>;
  /** Commands to run in the project. The project fails with the first command that fails. */
  readonly commands: readonly (readonly string[])[];
  /** Its NODE_ENV. @default "test" */
  readonly environment?: "production" | undefined;
  /** Why a major version of Node is nothing for it, if it is not. */
  readonly unfit?: ((node: number) => string | undefined) | undefined;
}

export const MERCHANT = "123e4567-e89b-12d3-a456-426614174000";

export const ORDER = {
  orderNumber: "1001",
  currency: "USD",
  customer: { newCustomer: true, country: "US" },
  products: [{ sku: "A", unitPrice: "19.99", quantity: 3 }],
};
