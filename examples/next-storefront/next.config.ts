import type { NextConfig } from "next";

const config: NextConfig = {
  // The goods and prices that both example storefronts share, written in TypeScript.
  transpilePackages: ["storefront"],
  poweredByHeader: false,
  // The pictures are small drawings: Next need not make them smaller.
  images: { unoptimized: true },
  headers: async () => [
    { source: "/:path*", headers: [{ key: "X-Content-Type-Options", value: "nosniff" }] },
  ],
};

export default config;
