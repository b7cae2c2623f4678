import type { Kysely, Selectable } from "kysely";
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
          select max(m.recorded_at) from meeting_movements m where m.meeting_id = meetings.meeting_id))`.as(
          "at",
        ),
      )
      .where("meeting_id", "=", meetingId)
      .executeTakeFirst();
    return row?.at?.getTime() ?? null;
  },

  async addMovements(meetingId, movements) {
    const rows = movements.map(({ person: { key, ...person }, ...at }) => ({ ...at, key, person }));
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
    const { rows } = await sql<MovementRow>`
      select uuid, key, at_ms, type, doc
      from (
        select distinct on (uuid, key) *
        from meeting_movements
        where meeting_id = ${meetingId}
          and uuid not in (select jsonb_array_elements_text(${json(others)}::jsonb))
        order by uuid, key, at_ms desc, array_position(array['waiting', 'waited', 'joined', 'left'], type) desc
      ) as latest
      where type in ('joined', 'waiting')`.execute(db);
    return rows.map(movementOf);
  },
});

const movements = async (db: Kysely<Tables>, meetingId: string, uuid?: string): Promise<Movement[]> => {
  let query = db
    .selectFrom("meeting_movements")
    .select(["uuid", "key", "at_ms", "type", "doc"])
    .where("meeting_id", "=", meetingId);
  if (uuid !== undefined) query = query.where("uuid", "=", uuid);
  return (await query.execute()).map(movementOf);
};

type MovementRow = Pick<Selectable<Tables["meeting_movements"]>, "uuid" | "key" | "at_ms" | "type" | "doc">;

const movementOf = ({ uuid, key, at_ms: atMs, type, doc }: MovementRow): Movement => ({
  type,
  uuid,
  atMs,
  person: { key, ...doc },
});
