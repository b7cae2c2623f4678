import { z } from "zod";
import { problems } from "../answers.ts";
import { erasePerson, exportPerson } from "../people.ts";
import { erasedPerson, personExport } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

const params = z.strictObject({ email: z.email("an email address").max(254).toLowerCase() });

const config = { access: "admin" } as const;
const tags = ["people"];

export const peopleRoutes = (app: App, { store }: RouteContext): void => {
  // Whom it is about must not stand in the audit log.
  app.addHook("onRequest", async (request) => void (request.target = "somebody"));

  app.route({
    method: "GET",
    url: "/api/people/:email/export",
    config,
    schema: {
      summary: "All that is kept of somebody",
      description:
        "By email, and in the incidents where it stands by the names and telephone numbers that go with it.",
      tags,
      params,
      response: { 200: personExport.describe("Of each incident what tells of them"), ...problems() },
    },
    handler: ({ params: { email } }) => exportPerson(store, email),
  });

  app.route({
    method: "POST",
    url: "/api/people/:email/erase",
    config,
    schema: {
      summary: "Forget somebody",
      description:
        "An alias takes their place, the same one everywhere. Incidents that are still worked on are left out and named: repeat it later.",
      tags,
      params,
      response: { 200: erasedPerson.describe("Where they were forgotten, and where not"), ...problems() },
    },
    handler: async ({ params: { email }, log, caller }) => {
      const done = await erasePerson(store, email);
      const { erased, unsettled } = done;
      log.info({ erased: erased.length, unsettled: unsettled.length, by: caller?.id }, "somebody was erased");
      return done;
    },
  });
};
