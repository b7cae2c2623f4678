import { normalizeIP } from "@fastify/rate-limit";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { ProblemError } from "./problems.ts";

const minuteSeconds = 60;
const provenSeconds = 3600;

export const tooMany = (detail: string, waitMs: number): ProblemError =>
  new ProblemError("too-many-requests", detail, { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });

/**
 * Guessing keys is limited by address, before a key is looked up. Many callers may share an address, behind a proxy or in an
 * office: a key that was good there within the hour goes on working, so that one who is mistaken locks nobody out.
 */
export const createGuesses = (perMinute: number) => {
  const wrong = new RateLimiterMemory({ points: perMinute, duration: minuteSeconds });
  const proven = new RateLimiterMemory({ points: 1, duration: provenSeconds });
  const place = (ip: string, hash: string): string => `${normalizeIP(ip, 64)} ${hash}`;
  return {
    /** Throws when there were too many. */
    check: async (ip: string, hash: string): Promise<void> => {
      const so = await wrong.get(normalizeIP(ip, 64));
      if (!so || so.consumedPoints < perMinute || (await proven.get(place(ip, hash)))) return;
      throw tooMany(
        "Too many wrong API keys came from your address. Wait, then send the right one.",
        so.msBeforeNext,
      );
    },
    wrong: async (ip: string): Promise<void> => {
      await wrong.penalty(normalizeIP(ip, 64));
    },
    right: async (ip: string, hash: string): Promise<void> => {
      if (!(await proven.get(place(ip, hash)))) await proven.set(place(ip, hash), 1, provenSeconds);
    },
  };
};
