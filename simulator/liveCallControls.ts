import type { FastifyInstance } from "fastify";
import { ControlRefusal, readControl } from "./controlBodies.ts";
import type { LiveCall } from "./liveCalls.ts";
import { answerCall } from "./liveCalls.ts";
import { answerSchema } from "./peopleSettings.ts";
import type { Cloud } from "./state.ts";

/** Whoever is called into a meeting reacts before the settings make them. */
export function addLiveCallControls(app: FastifyInstance, cloud: Cloud): void {
  app.get("/_sim/meetings/:id/calls", (request) => ({
    calls: callsOf(cloud, (request.params as { id: string }).id),
  }));

  app.post("/_sim/meetings/:id/answer", (request) => {
    const { answer, email, phone_number, device_ip } = readControl(answerSchema, request);
    const meant = email ?? phone_number ?? device_ip;
    const call = callsOf(cloud, (request.params as { id: string }).id).find(
      ({ callee, state }) => state === "calling" && (meant === undefined || nameOf(callee) === meant),
    );
    if (call === undefined) throw new ControlRefusal(404, "Nobody like that is being called.");
    answerCall(cloud, call, answer);
    return call;
  });
}

const callsOf = (cloud: Cloud, id: string): LiveCall[] =>
  cloud.calls.filter(({ meetingId }) => meetingId === Number(id));

const nameOf = (callee: LiveCall["callee"]): string =>
  callee.kind === "contact" ? callee.email : callee.kind === "phone" ? callee.number : callee.address;
