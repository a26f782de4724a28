"use client";

import { Message } from "../components/message.tsx";

export default function Failed() {
  return (
    <Message title="Something broke">
      It is our fault, not yours. Your cart is safe; please try again in a minute.
    </Message>
  );
}
