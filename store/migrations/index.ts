import type { Migration } from "kysely";
import { access0015 } from "./access0015.ts";
import { apiKeys0004 } from "./apiKeys0004.ts";
import { connectors0013 } from "./connectors0013.ts";
import { connectors0014 } from "./connectors0014.ts";
import { deliveries0008 } from "./deliveries0008.ts";
import { followUps0009 } from "./followUps0009.ts";
import { incidents0001 } from "./incidents0001.ts";
import { meetings0003 } from "./meetings0003.ts";
import { movements0011 } from "./movements0011.ts";
import { people0017 } from "./people0017.ts";
import { runbooks0002 } from "./runbooks0002.ts";
import { sendings0006 } from "./sendings0006.ts";
import { sendings0012 } from "./sendings0012.ts";
import { subscribers0016 } from "./subscribers0016.ts";

/** Run in the order of their names, each once. What was released is never edited: add the next number. */
export const migrations: Record<string, Migration> = {
  "0001_incidents": incidents0001,
  "0002_runbooks": runbooks0002,
  "0003_meetings": meetings0003,
  "0004_api_keys": apiKeys0004,
  "0006_sendings": sendings0006,
  "0011_movements": movements0011,
  "0008_deliveries": deliveries0008,
  "0009_follow_ups": followUps0009,
  "0012_sendings": sendings0012,
  "0013_connectors": connectors0013,
  "0014_connectors": connectors0014,
  "0015_access": access0015,
  "0016_subscribers": subscribers0016,
  "0017_people": people0017,
};
