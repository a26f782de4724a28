/** The JSON that AvantLink's click endpoint takes. Every key is always there, empty when unknown. */
export interface ClickPayload {
  readonly tracking_ids: {
    readonly user_id: readonly string[];
    readonly visitor_id: readonly string[];
    readonly avantlink_avad: string;
  };
  readonly user_agent: string;
  readonly current_url: string;
  readonly referrer_url: string;
  readonly google_click_id: string;
  readonly custom_tracking_code: string;
  readonly user_ip_address: string;
}

/** The JSON that AvantLink's order endpoint takes: the click's, and the order. */
export interface OrderPayload extends ClickPayload {
  readonly order: {
    readonly order_number: string;
    readonly order_amount_subtotal: number;
    readonly currency: string;
    readonly coupon_codes: readonly string[];
    readonly customer: {
      readonly new_customer: boolean;
      readonly country: string;
      readonly region: string;
      readonly state: string;
    };
    readonly products: readonly ProductPayload[];
  };
}

/** One line: `product_amount` is the price of one item, all discounts taken off. */
export interface ProductPayload {
  readonly product_sku: string;
  readonly product_amount: number;
  readonly quantity: number;
}
