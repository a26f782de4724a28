import type { Metadata } from "next";
import { Message } from "../components/message.tsx";

export const metadata: Metadata = { title: "Off the trail" };

export default function NotFound() {
  return <Message title="Off the trail">This page is not on our map. The shop is just behind you.</Message>;
}
