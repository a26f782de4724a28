import type { Order } from "@avantlink-s2s/web";

/** What a shop has in its database. */
export async function findOrder(body: unknown): Promise<Order | undefined> {
  return {
    orderNumber: String(Reflect.get(Object(body), "number")),
    currency: "USD",
    customer: { newCustomer: true, country: "US" },
    products: [{ sku: "MUG-1", unitPrice: "19.99", quantity: 2 }],
  };
}

export const thankYou = () => new Response("Thank you");
export const otherPages = (request: Request) => new Response(request.body);
