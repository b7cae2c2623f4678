import { problems } from "../answers.ts";
import { resealing } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

export const secretRoutes = (app: App, { connectors }: RouteContext): void => {
  app.route({
    method: "POST",
    url: "/api/secrets/reseal",
    config: { access: "admin" },
    schema: {
      summary: "Seal all secrets anew with the first key",
      description:
        "After a new key was put first in `ENCRYPTION_KEYS`, for gateway and workers. May be interrupted and repeated at any time.",
      tags: ["secrets"],
      response: {
        200: resealing.describe("What was done, and which keys are not needed any more"),
        ...problems(409),
      },
    },
    handler: async (request) => {
      const { unreadable, ...done } = await connectors.reseal();
      request.log.info(
        { ...done, unreadable: unreadable.length, by: request.caller?.id },
        "secrets resealed",
      );
      return { unreadable, ...done };
    },
  });
};
