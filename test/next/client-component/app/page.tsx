"use client";

import { packContext } from "@avantlink-s2s/next";

export default function Page() {
  return <p>{JSON.stringify(packContext({}))}</p>;
}
