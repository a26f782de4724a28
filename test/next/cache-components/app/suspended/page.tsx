import { Suspense } from "react";
import { Confirmation, type Props } from "../../confirmation.tsx";

export default function ThankYou(props: Props) {
  return (
    <main>
      <h1>Thank you</h1>
      <Suspense fallback={<p>One moment</p>}>
        <Confirmation {...props} />
      </Suspense>
    </main>
  );
}
