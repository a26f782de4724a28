import Link from "next/link";
import type { ReactNode } from "react";

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

/** A page that says one thing and shows the way back. */
export function Message({ title, children }: Props) {
  return (
    <div className="message">
      <h1>{title}</h1>
      <p>{children}</p>
      <p>
        <Link className="button" href="/">
          Back to the gear
        </Link>
      </p>
    </div>
  );
}
