/** Readers of consent banners, as core has them. */
export * from "@avantlink-s2s/core/consent";
