export type ZoomErrorBody = { code: number; message: string; errors?: { field: string; message: string }[] };

/** What Zoom answers when it refuses: the status, its own body, and headers. */
export class ZoomRefusal extends Error {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Record<string, string>;

  constructor(status: number, body: unknown, headers: Record<string, string> = {}) {
    super(JSON.stringify(body));
    this.name = "ZoomRefusal";
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export const refuse = (status: number, code: number, message: string, headers?: Record<string, string>) =>
  new ZoomRefusal(status, { code, message } satisfies ZoomErrorBody, headers);

/** The token endpoint has its own shape. */
export const refuseToken = (status: number, reason: string, error: string) =>
  new ZoomRefusal(status, { reason, error });

export const invalidToken = () => refuse(401, 124, "Invalid access token.");
export const expiredToken = () => refuse(401, 124, "Access token is expired.");
export const tokenInQuery = () =>
  refuse(401, 124, "Invalid access token, this access token is not supported as query parameter string.");

/** Any one of the listed scopes would have done. */
export const missingScope = (scopes: string[]) =>
  refuse(400, 4711, `Invalid access token, does not contain scopes:[${scopes.join(", ")}].`);

export const unknownEndpoint = () => refuse(404, 2300, "This API endpoint is not recognized.");
export const malformedJson = () => refuse(400, 300, "Request Body should be a valid JSON object.");
export const invalidPageToken = () => refuse(400, 300, "The next page token is invalid or expired.");
export const invalidMeetingId = () => refuse(400, 300, "Invalid meeting ID.");

export const invalidFields = (fields: string[]) =>
  new ZoomRefusal(400, {
    code: 300,
    message: "Validation Failed.",
    errors: fields.map((field) => ({ field, message: "Invalid field." })),
  } satisfies ZoomErrorBody);

export const unknownUser = (userId: string) => refuse(404, 1001, `User does not exist: ${userId}.`);
export const unknownGroup = (groupId: string) =>
  refuse(404, 4130, `A group with this ${groupId} does not exist.`);
export const unknownMeeting = (reference: string) =>
  refuse(404, 3001, `Meeting does not exist: ${reference}.`);
export const meetingNotReported = (reference: string) =>
  refuse(404, 3001, `Meeting ${reference} not found or has expired.`);
export const meetingNotLive = (reference: string) =>
  refuse(404, 3001, `Meeting ${reference} is not found or has expired.`);

export const webinarNotMeeting = () => refuse(400, 3000, "Cannot access webinar info.");
export const invalidWebinarId = () => refuse(400, 300, "Invalid webinar ID.");
export const unknownWebinar = (reference: string) =>
  refuse(404, 3001, `Webinar does not exist: ${reference}.`);
export const webinarNotReported = (reference: string) =>
  refuse(404, 3001, `Webinar ${reference} not found or expired.`);
const webinarPlan = (whose: string, end: string) =>
  refuse(
    400,
    200,
    `Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for ${whose} in order to perform this action${end}`,
  );
export const webinarPlanMissing = () => webinarPlan("this user", ".");
/** Creating and updating say whose. */
export const webinarPlanMissingOf = {
  created: (userId: string) => webinarPlan(`user ${userId}`, "."),
  read: (userId: string) =>
    refuse(
      400,
      200,
      `Webinar plan is missing. You must subscribe to the webinar plan and enable webinars for user ${userId} to perform this action.`,
    ),
  updated: (userId: string) => webinarPlan("this user", `: ${userId}.`),
};
export const unknownWebinarHost = (userId: string) => refuse(404, 1001, `User ${userId} does not exist.`);
export const unknownPastWebinar = () => refuse(404, 3001, "Webinar does not exist.");
/** As older documents of Zoom's say it; the present one is silent on webinars that are live. */
export const webinarInProgress = () =>
  refuse(400, 3002, "Sorry, you cannot delete this webinar since it is in progress.");
export const tooManyPanelists = () =>
  refuse(
    400,
    3000,
    "You have reached the limit for the number of panelists you can add. Contact Zoom Support for more information.",
  );
export const noRegistration = (reference: string) =>
  refuse(400, 3000, `This webinar doesn't have registration required: ${reference}.`);
export const takesNoRegistrants = (reference: string) =>
  refuse(400, 3000, `This webinar does not have registration as required: ${reference}.`);
export const hostCannotRegister = () => refuse(400, 3027, "Host cannot register.");

export const hostNotAllowed = () =>
  refuse(400, 3161, "Meeting hosting and scheduling capabilities are not allowed for your user account.");
/** What creating says of the same. */
export const schedulingNotAllowed = () =>
  refuse(400, 3161, "Your user account is not allowed meeting hosting and scheduling capabilities.");
export const meetingInProgress = () =>
  refuse(400, 3002, "Sorry, you cannot delete this meeting since it is in progress.");

/** No document tells whether an idle meeting is refused, nor how: the wording is that of the livestream's call. */
export const meetingNotStarted = (reference: string) =>
  refuse(400, 3000, `Meeting ${reference} has not started.`);

/** Code and wording as third parties report them; Zoom's documents do not list 1114. */
export const alternativeHostRefused = (host: string) =>
  refuse(
    400,
    1114,
    `Unable to assign "${host}" as an alternative host because the user cannot be selected at this time.`,
  );

export const instantForOthers = () =>
  refuse(
    400,
    3000,
    "Instant meetings do not support the `schedule_for` parameter, and you can't schedule an instant meeting for another user.",
  );
export const cannotScheduleFor = (userId: string) =>
  refuse(400, 3000, `You cannot schedule a meeting for ${userId}`);
export const invalidScheduleFor = () =>
  refuse(
    400,
    300,
    "The value that you entered in the `schedule_for` field is invalid. Enter a valid value and try again.",
  );
export const invalidOccurrence = () => refuse(400, 300, "Invalid parameter: `occurrence_id`.");

export const summaryForPaidOnly = () => refuse(400, 200, "Only available for Paid account.");
export const paidAccountOnly = (accountId: string) =>
  refuse(400, 200, `Only available for paid account: ${accountId}.`);
export const dashboardOff = () =>
  refuse(
    400,
    400,
    "This API is only available for ZMP and Business or higher accounts that have enabled the Dashboard feature.",
  );
export const notOnDashboard = () => refuse(404, 3001, "Meeting ID is invalid or has not ended.");
export const noRecording = () => refuse(404, 3301, "There is no recording for this meeting.");
/** The same code as "none": 3301 alone never proves absence. */
export const recordingNotReady = () => refuse(404, 3301, "This recording is still being processed.");
export const uncompletedRecording = () => refuse(400, 3303, "You can not delete an uncompleted meeting.");
export const noPermission = () => refuse(400, 200, "No permission.");
export const storageFull = () =>
  refuse(
    400,
    3309,
    "Not enough cloud storage available. Either purchase additional storage or delete cloud recordings to free up storage.",
  );
export const transcriptMissing = () => refuse(404, 3322, "This meeting transcript does not exist.");
export const summaryRestricted = () =>
  refuse(
    403,
    2305,
    "Access to meeting summaries is restricted by account settings. To use this feature, disable the Only share meeting summaries by email setting in the Account Settings page of the Zoom web portal.",
  );
export const notForThisAccount = () =>
  refuse(400, 300, "This API is not available for this account. Please contact Zoom support.");
/** What Zoom says of a participant who is not there is not known. */
export const unknownParticipant = () => invalidFields(["participant_uuid"]);
export const tooManyControls = (max: number, what: string) =>
  refuse(
    429,
    429,
    `You have exceeded the rate limit "${max}" of requests for ${what}. You can resume these API requests after 5 seconds.`,
    { "x-ratelimit-category": "Medium" },
  );
export const noContacts = () =>
  refuse(
    400,
    300,
    "No valid contacts were found. Make sure the contacts can be resolved and belong to the same account as the meeting host.",
  );
