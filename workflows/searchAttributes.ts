import { defineSearchAttributeKey, TypedSearchAttributes } from "@temporalio/common";
import type { Start } from "../domain/starts.ts";

/** How a run stands: `Outcome = "parked"`. */
export const outcomeAttribute = defineSearchAttributeKey("Outcome", "KEYWORD");

export const typedAttributes = (attributes: Start<unknown>["attributes"]): TypedSearchAttributes =>
  new TypedSearchAttributes(
    Object.entries(attributes).map(([name, value]) => ({
      key: defineSearchAttributeKey(name, "KEYWORD"),
      value,
    })),
  );
