import type { Kysely, RawBuilder } from "kysely";
import { sql } from "kysely";
import { currentSession } from "../domain/meetingLife.ts";
import type { Movement } from "../domain/movements.ts";
import type { Tables } from "./tables.ts";
import type { Meetings } from "./types.ts";
import { json } from "./values.ts";

type Movements = Pick<Meetings, "heardAtMs" | "addMovements" | "movements" | "movementsNow">;

/** Who came and went, as Zoom tells it. */
export const createMovements = (db: Kysely<Tables>): Movements => ({
  async heardAtMs(meetingId) {
    const row = await db
      .selectFrom("meetings")
      .select(
        sql<Date | null>`greatest(heard_at, (
          select max(m.recorded_at) from meeting_movements m
          where m.meeting_id = meetings.meeting_id and not m.doc ? 'noticed'))`.as("at"),
      )
      .where("meeting_id", "=", meetingId)
      .executeTakeFirst();
    return row?.at?.getTime() ?? null;
  },

  async addMovements(meetingId, movements) {
    const rows = movements.map(({ person: { key, ...person }, noticed, ...at }) => ({
      ...at,
      key,
      person: { ...person, ...(noticed && { noticed }) },
    }));
    const { rows: added } = await sql`
      insert into meeting_movements (meeting_id, uuid, key, at_ms, type, doc)
      select ${meetingId}, m ->> 'uuid', m ->> 'key', (m ->> 'atMs')::bigint, m ->> 'type', m -> 'person'
      from jsonb_array_elements(${json(rows)}::jsonb) as m
      on conflict do nothing
      returning key`.execute(db);
    return added.length;
  },

  movements: (meetingId, uuid) => movements(db, meetingId, uuid),

  async movementsNow(meetingId, life) {
    const current = currentSession(life)?.uuid;
    const others = life.sessions.flatMap(({ uuid }) => (uuid === current ? [] : uuid));
    // Who comes back often has many movements; read is only who is there.
    return told(
      db,
      sql`(
        select distinct on (m.uuid, m.key) m.*
        from meeting_movements m
        where m.meeting_id = ${meetingId}
          and m.uuid not in (select jsonb_array_elements_text(${json(others)}::jsonb))
        order by m.uuid, m.key, m.at_ms desc, array_position(array['waiting', 'waited', 'joined', 'left'], m.type) desc
      ) as latest
      where type in ('joined', 'waiting')`,
    );
  },
});

const movements = (db: Kysely<Tables>, meetingId: string, uuid?: string): Promise<Movement[]> =>
  told(
    db,
    sql`meeting_movements
      where meeting_id = ${meetingId} and ${uuid === undefined ? sql`true` : sql`uuid = ${uuid}`}`,
  );

/** In one value: of thousands of rows, taking each apart would be most of the work. */
const told = async (db: Kysely<Tables>, from: RawBuilder<unknown>): Promise<Movement[]> => {
  const { rows } = await sql<{ movements: Movement[] | null }>`
    select json_agg(json_build_object(
      'type', type, 'uuid', uuid, 'atMs', at_ms, 'person', jsonb_build_object('key', key) || doc)) as movements
    from ${from}`.execute(db);
  return rows[0]?.movements ?? [];
};
