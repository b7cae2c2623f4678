import { z } from "zod";

/** What people call something, at most so many characters long. */
export const line = (most: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(most)
    .regex(/^[^\p{Cc}]*$/u, "must be one line");
