import type {
  DeliveryPage,
  ResendInput,
  Resent,
  Subscriber,
  SubscriberInput,
  SubscriberList,
  SubscriberPatch,
  Tried,
  WithSecret,
} from "./api.ts";
import type { Call } from "./httpCalls.ts";
import { at } from "./httpCalls.ts";

/** Who is sent the events of timelines: for administrators. */
export const subscriberCalls = (call: Call) => ({
  subscribers: () => call<SubscriberList>({ url: at("subscribers") }),
  subscriber: (id: string) => call<Subscriber>({ url: at("subscribers", id) }),
  addSubscriber: (subscriber: SubscriberInput) =>
    call<WithSecret>({ method: "POST", url: at("subscribers"), data: subscriber }),
  changeSubscriber: (id: string, patch: SubscriberPatch) =>
    call<Subscriber>({ method: "PATCH", url: at("subscribers", id), data: patch }),
  removeSubscriber: (id: string) => call<void>({ method: "DELETE", url: at("subscribers", id) }),
  rotateSubscriber: (id: string, secret?: string) =>
    call<WithSecret>({ method: "POST", url: at("subscribers", id, "rotate"), data: { secret } }),
  testSubscriber: (id: string) =>
    call<Tried>({ method: "POST", url: at("subscribers", id, "test"), data: {} }),
  resendToSubscriber: (id: string, which: ResendInput = {}) =>
    call<Resent>({ method: "POST", url: at("subscribers", id, "resend"), data: which }),
  deliveries: (id: string, query: { state: "pending" | "dead"; limit?: number; after?: string }) =>
    call<DeliveryPage>({ url: at("subscribers", id, "deliveries"), params: query }),
});
