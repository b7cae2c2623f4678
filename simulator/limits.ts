import type { ZoomRefusal } from "./errors.ts";
import { refuse } from "./errors.ts";
import type { Cloud, Label, Plan } from "./state.ts";
import { isoDay, isoTime, nextUtcMidnightMs } from "./time.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

const PER_WINDOW: Record<Plan, Record<Label, number>> = {
  free: { LIGHT: 4, MEDIUM: 2, HEAVY: 1, "RESOURCE-INTENSIVE": 10 },
  pro: { LIGHT: 30, MEDIUM: 20, HEAVY: 10, "RESOURCE-INTENSIVE": 10 },
  business: { LIGHT: 80, MEDIUM: 60, HEAVY: 40, "RESOURCE-INTENSIVE": 20 },
};

const PER_DAY: Record<Plan, Partial<Record<Label, number>>> = {
  free: { LIGHT: 6_000, MEDIUM: 2_000, HEAVY: 1_000, "RESOURCE-INTENSIVE": 30_000 },
  pro: { HEAVY: 30_000, "RESOURCE-INTENSIVE": 30_000 },
  business: { HEAVY: 60_000, "RESOURCE-INTENSIVE": 60_000 },
};

const CATEGORY: Record<Label, string> = {
  LIGHT: "Light",
  MEDIUM: "Medium",
  HEAVY: "Heavy",
  "RESOURCE-INTENSIVE": "Resource-intensive",
};

const PER_SECOND_TEXT = "You have reached the maximum per-second rate limit for this API. Try again later.";
const PER_DAY_TEXT =
  "You have reached the maximum daily rate limit for this API. Refer to the response header for details on when you can make another request.";
const hostDayText = (max: number) =>
  `You have exceeded the daily rate limit (${max}) of Meeting Create/Update API requests permitted for this particular user. You may resume these requests at GMT 00:00:00.`;

/** Counts one call against the account's limits and returns the headers its answer carries. */
export function spendCall(cloud: Cloud, label: Label): Record<string, string> {
  const { limits } = cloud.settings;
  const category = { "x-ratelimit-category": CATEGORY[label] };
  if (!limits.enabled) return category;
  const window = freshWindow(cloud, label);
  const max = limits.perSecond[label] ?? PER_WINDOW[cloud.settings.plan][label];
  if (window.length >= max) throw perSecondRefusal(cloud, label, max);
  spendDay(cloud, label);
  window.push(cloud.clock.now());
  if (limits.headers === "observed") return category;
  return { ...category, ...quota("QPS", max, max - window.length) };
}

/** POST and PATCH of meetings share 100 a day for the host, whichever app asks. */
export function spendHostRequest(cloud: Cloud, hostId: string): void {
  const { enabled, hostDailyMax } = cloud.settings.limits;
  if (!enabled || hostDailyMax === null) return;
  const key = `${isoDay(cloud.clock.now())} ${hostId}`;
  const used = cloud.usage.hostDays.get(key) ?? 0;
  if (used >= hostDailyMax) throw hostDayRefusal(cloud, hostDailyMax);
  cloud.usage.hostDays.set(key, used + 1);
}

export function hostRequestsToday(cloud: Cloud): Record<string, number> {
  const day = isoDay(cloud.clock.now());
  const used = cloud.users.map(({ id, email }) => [email, cloud.usage.hostDays.get(`${day} ${id}`) ?? 0]);
  return Object.fromEntries(used) as Record<string, number>;
}

function freshWindow(cloud: Cloud, label: Label): number[] {
  const lengthMs = label === "RESOURCE-INTENSIVE" ? MINUTE_MS : SECOND_MS;
  const sinceMs = cloud.clock.now() - lengthMs;
  const fresh = (cloud.usage.windows.get(label) ?? []).filter((atMs) => atMs > sinceMs);
  cloud.usage.windows.set(label, fresh);
  return fresh;
}

/** Heavy and resource-intensive calls share one daily count on paid plans. */
function spendDay(cloud: Cloud, label: Label): void {
  const max = PER_DAY[cloud.settings.plan][label];
  if (max === undefined) return;
  const shared = cloud.settings.plan !== "free" && label === "RESOURCE-INTENSIVE" ? "HEAVY" : label;
  const key = `${isoDay(cloud.clock.now())} ${shared}`;
  const used = cloud.usage.labelDays.get(key) ?? 0;
  if (used >= max) throw dayRefusal(cloud, label, max);
  cloud.usage.labelDays.set(key, used + 1);
}

const quota = (type: "QPS" | "Daily-limit", limit: number, remaining: number) => ({
  "x-ratelimit-type": type,
  "x-ratelimit-limit": String(limit),
  "x-ratelimit-remaining": String(remaining),
});

const documented = (cloud: Cloud, headers: Record<string, string>) =>
  cloud.settings.limits.headers === "documented" ? headers : {};

function perSecondRefusal(cloud: Cloud, label: Label, max: number): ZoomRefusal {
  const resetS = String(Math.ceil(cloud.clock.now() / SECOND_MS) + 1);
  return refuse(429, 429, PER_SECOND_TEXT, {
    "x-ratelimit-category": CATEGORY[label],
    ...documented(cloud, { ...quota("QPS", max, 0), "x-ratelimit-reset": resetS }),
  });
}

function dayRefusal(cloud: Cloud, label: Label, max: number): ZoomRefusal {
  return refuse(429, 429, PER_DAY_TEXT, {
    "x-ratelimit-category": CATEGORY[label],
    ...quota("Daily-limit", max, 0),
    "retry-after": retryAfter(cloud),
  });
}

/** As seen: category Light with the numbers of another limit, and no word on when to come back. */
function hostDayRefusal(cloud: Cloud, max: number): ZoomRefusal {
  const observed = { "x-ratelimit-limit": "6000", "x-ratelimit-remaining": "5893" };
  return refuse(429, 429, hostDayText(max), {
    "x-ratelimit-category": "Light",
    ...observed,
    ...documented(cloud, { ...quota("Daily-limit", max, 0), "retry-after": retryAfter(cloud) }),
  });
}

/** Zoom writes a date-time here, neither seconds nor an HTTP date. */
const retryAfter = (cloud: Cloud) => isoTime(nextUtcMidnightMs(cloud.clock.now()));
