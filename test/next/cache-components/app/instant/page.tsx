import { Confirmation, type Props } from "../../confirmation.tsx";

// Nothing of this page is shown before it is known whose it is.
export const instant = false;

export default function ThankYou(props: Props) {
  return <Confirmation {...props} />;
}
