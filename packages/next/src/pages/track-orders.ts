import type { TrackableOrder, Tracker } from "@avantlink-s2s/core";
import { adapterOf, checkResolver } from "@avantlink-s2s/core/adapter";
import { answerOf, platformWaitUntil, trackConfirmed, waitInline } from "@avantlink-s2s/web/adapter";
import type {
  GetServerSidePropsContext,
  GetServerSidePropsResult,
  NextApiHandler,
  NextApiRequest,
  NextApiResponse,
} from "next";
import { holdEnd } from "./hold-end.ts";
import { type PagesFrom, pagesRequest } from "./pages-request.ts";

/** Finds the order that an API route confirmed; nothing when it confirmed none. Called once. */
export type ResolveApiOrder = (
  request: NextApiRequest,
  response: NextApiResponse,
) => TrackableOrder | Promise<TrackableOrder>;

/** Finds the order that a page is about to show, given the page's props. Called once. */
export type ResolvePageOrder<Props> = (
  context: GetServerSidePropsContext,
  props: Props,
) => TrackableOrder | Promise<TrackableOrder>;

/** A page's `getServerSideProps`. */
export type PageData<Props> = (
  context: GetServerSidePropsContext,
) => Promise<GetServerSidePropsResult<Props>>;

/**
 * Wraps the `getServerSideProps` of the confirmation page, or an API route that confirms orders. When it has given
 * the page its props, or answered 2xx or 304, the order is resolved and accepted before the response ends; whatever
 * fails there, the response stays as it is.
 */
export function trackOrders<Props>(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolvePageOrder<Props>,
  getServerSideProps: PageData<Props>,
): PageData<Props>;
export function trackOrders(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolveApiOrder,
  handler: NextApiHandler,
): NextApiHandler;
export function trackOrders(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: unknown,
  inner: unknown,
): unknown {
  // What is no tracker fails the build, not the shoppers.
  adapterOf(tracker);
  checkResolver(resolveOrder);
  const page = pageOrders(tracker, resolveOrder as ResolvePageOrder<unknown>, inner as PageData<unknown>);
  const route = routeOrders(tracker, resolveOrder as ResolveApiOrder, inner as NextApiHandler);
  // Which of the two it wraps shows when Next calls it.
  return (...given: [GetServerSidePropsContext] | [NextApiRequest, NextApiResponse]) =>
    given.length === 1 ? page(given[0]) : route(...given);
}

function pageOrders<Props>(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolvePageOrder<Props>,
  getServerSideProps: PageData<Props>,
): PageData<Props> {
  return async (context) => {
    const adapter = adapterOf(tracker);
    const { method } = context.req;
    const track = watch(tracker, context, method);
    const result = await answerOf(adapter, method, () => getServerSideProps(context));
    const status = statusOf(result, context);
    await track(status, async () => resolveOrder(context, await Object(result).props));
    return result;
  };
}

/** The status that Next gives to the page. It answers 500 to what is none of the known results. */
function statusOf(result: unknown, { res }: GetServerSidePropsContext): number {
  const has = (name: string) => name in Object(result);
  if (has("props")) return res.statusCode;
  if (has("notFound")) return 404;
  return has("redirect") ? 307 : 500;
}

function routeOrders(
  tracker: Pick<Tracker, "trackClick">,
  resolveOrder: ResolveApiOrder,
  handler: NextApiHandler,
) {
  return async (request: NextApiRequest, response: NextApiResponse) => {
    const track = watch(tracker, request, request.method);
    const end = holdEnd(response, () => track(response.statusCode, () => resolveOrder(request, response)));
    try {
      return await handler(request, response);
    } finally {
      await end.released();
    }
  };
}

/** Reads the request now, and gives what tracks its order once the status is known. */
function watch(tracker: Pick<Tracker, "trackClick">, from: PagesFrom, method: string | undefined) {
  const adapter = adapterOf(tracker);
  const read = adapter.readRequest(() => pagesRequest(adapter, from));
  return (status: number, resolveOrder: () => TrackableOrder | Promise<TrackableOrder>) =>
    trackConfirmed(adapter, status, {
      method,
      resolveOrder,
      read,
      waitUntil: platformWaitUntil(),
      waitForDeliveryMs: waitInline(adapter),
    });
}
