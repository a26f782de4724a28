import Link from "next/link";

/** What a prefetch renders ahead depends on how the link asks for it. */
export default function Home() {
  return (
    <nav>
      <Link href="/suspended?order=CC-link">As Next sees fit</Link>
      <Link href="/suspended?order=CC-ahead" prefetch={true}>
        Ahead
      </Link>
      <Link href="/instant?order=CC-instant" prefetch={true}>
        Instant, ahead
      </Link>
    </nav>
  );
}
