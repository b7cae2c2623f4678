import { refuse } from "./errors.ts";

/** Adding a registrant answers another code for this than the other calls. */
export const unknownMeetingOfRegistrant = (reference: string) =>
  refuse(404, 1001, `Meeting does not exist: ${reference}.`);
export const onlyForPaidUsers = (userId: string) =>
  refuse(400, 200, `Only available for paid users: ${userId}.`);

/** Documented for the batch call; the single call's own answer is in no document. */
export const noRegistration = (meetingId: number) =>
  refuse(400, 404, `Registration has not been enabled for this meeting: ${meetingId}.`);
export const noRegistrationList = () => refuse(400, 300, "Cannot access webinar info.");

export const hostCannotRegister = () => refuse(400, 3027, "Host cannot register.");
export const alreadyOver = () =>
  refuse(
    400,
    3038,
    "Meeting is over, you can not register now. If you have any questions, please contact the Meeting host.",
  );
export const meetingFull = () => refuse(400, 3043, "Meeting has reached maximum attendee capacity.");
export const blockedDomain = (domain: string) =>
  refuse(
    400,
    3000,
    `Users in '${domain}' have been blocked from joining meetings and webinars. To unblock them, go to the Settings page in the Zoom web portal and update Block users in specific domains from joining meetings and webinars.`,
  );

const tooOften = (max: number, what: string, email: string) =>
  refuse(
    429,
    429,
    `You have exceeded the daily rate limit of "${max}" for **${what}** API requests for the registrant "${email}". You can resume these API requests at GMT 00:00:00.`,
    { "x-ratelimit-category": "Light" },
  );
export const tooOftenAdded = (max: number, email: string) => tooOften(max, "Add meeting registrant", email);
export const tooOftenChanged = (max: number, email: string) =>
  tooOften(max, "Update registrant's status", email);
