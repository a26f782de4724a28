"use client";

import { usePathname } from "next/navigation";
import { useEffect, useState } from "react";

/** How much is in the cart. It comes after the page, so that the pages themselves are the same for everybody. */
export function CartCount() {
  const pathname = usePathname();
  const [count, setCount] = useState(0);

  useEffect(() => {
    const leaving = new AbortController();
    fetch("/cart/count", { signal: leaving.signal })
      .then((response) => response.json())
      .then(setCount)
      .catch(() => {});
    return () => leaving.abort();
  }, [pathname]);

  if (count === 0) return null;
  return (
    <span className="count">
      {count}
      <span className="unseen"> items</span>
    </span>
  );
}
