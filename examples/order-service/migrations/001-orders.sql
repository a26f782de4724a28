CREATE SEQUENCE order_number START 10001;

CREATE TABLE orders (
  number text PRIMARY KEY DEFAULT 'LL-' || nextval('order_number'),
  -- In the address of the shopper's own order page, since numbers can be guessed.
  id uuid NOT NULL UNIQUE DEFAULT gen_random_uuid(),
  status text NOT NULL DEFAULT 'open' CHECK (status IN ('open', 'paid')),
  -- A hash of the e-mail address: knows a customer again.
  customer text NOT NULL,
  country text NOT NULL,
  state text NOT NULL,
  -- [{ sku, unitPrice, quantity }], prices in cents before the coupon
  lines jsonb NOT NULL,
  coupon text,
  -- In cents.
  discount integer NOT NULL,
  subtotal integer NOT NULL,
  total integer NOT NULL,
  -- AvantLink: the shopper's context, from the checkout until the order is paid.
  context jsonb,
  placed_at timestamptz NOT NULL DEFAULT now(),
  paid_at timestamptz
);

CREATE INDEX paid_orders_by_customer ON orders (customer) WHERE status = 'paid';

CREATE TABLE stock (
  sku text PRIMARY KEY,
  on_hand integer NOT NULL CHECK (on_hand >= 0)
);

INSERT INTO stock VALUES ('TENT-RIDGE-2', 40), ('LAMP-BEAM', 200), ('MUG-HEARTH', 120);
