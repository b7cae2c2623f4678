import { describeAction } from "../../domain/catalogue.ts";
import { problems } from "../answers.ts";
import { actionList } from "../schemas.ts";
import type { App, RouteContext } from "../types.ts";

export const actionRoutes = (app: App, { catalogue }: RouteContext): void => {
  const actions = [...catalogue.values()].map(describeAction).map(({ input, output, ...facts }) => ({
    ...facts,
    input: { ...input },
    output: { ...output },
  }));

  app.route({
    method: "GET",
    url: "/api/actions",
    config: { access: "viewer" },
    schema: {
      summary: "List the actions that steps can do",
      tags: ["runbooks"],
      response: { 200: actionList.describe("With JSON schemas of inputs and outputs"), ...problems() },
    },
    handler: () => ({ actions }),
  });
};
