/** The shopper's browser context: plain JSON, every field optional, safe to store with the order. */
export interface TrackingContext {
  /** The page on which the order was confirmed, absolute. Wire: `current_url`, without personal parameters. */
  readonly currentUrl?: string | undefined;
  /** The page before it, absolute. Wire: `referrer_url`, without personal parameters. */
  readonly referrerUrl?: string | undefined;
  /** The shopper's browser, never the server's. Wire: `user_agent`. */
  readonly userAgent?: string | undefined;
  /** The shopper's IP address, never the server's. Wire: `user_ip_address`. */
  readonly ipAddress?: string | undefined;
  /** AvantLink's click token, exactly as it arrived. Wire: `tracking_ids.avantlink_avad`. */
  readonly avad?: string | undefined;
  /** Anonymous IDs of the visitor, the same ones with click and order. Wire: `tracking_ids.visitor_id`. */
  readonly visitorIds?: readonly string[] | undefined;
  /** The shop's account IDs of the shopper; e-mail addresses are hashed. Wire: `tracking_ids.user_id`. */
  readonly userIds?: readonly string[] | undefined;
  /** Google's click ID. Wire: `google_click_id`. */
  readonly googleClickId?: string | undefined;
  /** Any code of the merchant's own. Wire: `custom_tracking_code`. */
  readonly customTrackingCode?: string | undefined;
  /** What the shop's consent hook answered. `"denied"` skips the order. */
  readonly consent?: "granted" | "denied" | undefined;
  /** Whether the browser sent Global Privacy Control (`Sec-GPC: 1`). */
  readonly gpc?: boolean | undefined;
}
