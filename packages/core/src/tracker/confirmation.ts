/** Whether the answer to such a request shows a shopper that the order was placed. */
export function isConfirmation(method: string | undefined, status: number): boolean {
  if (method === "HEAD" || method === "OPTIONS") return false;
  return (status >= 200 && status <= 299) || status === 304;
}
