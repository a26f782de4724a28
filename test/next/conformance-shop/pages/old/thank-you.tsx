import { trackOrders } from "@avantlink-s2s/next/pages";
import { tracker } from "../../pages-tracker.ts";
import { suiteOrder } from "../../scenario.ts";

interface Props {
  readonly orderNumber: string;
}

export const getServerSideProps = trackOrders(
  tracker,
  (_, { orderNumber }: Props) => suiteOrder(orderNumber),
  async ({ query, res }) => {
    if (query.answer === "404") return { notFound: true };
    if (query.answer === "302") return { redirect: { destination: "/elsewhere", permanent: false } };
    if (query.answer === "500") res.statusCode = 500;
    return { props: { orderNumber: String(query.order) } };
  },
);

export default function ThankYou({ orderNumber }: Props) {
  return <h1>Thank you for {orderNumber}</h1>;
}
