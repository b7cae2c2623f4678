type Deviation = { violation: RegExp; because: string };

/**
 * Where Zoom is otherwise than these documents say, and the simulator does as Zoom does. Each says how that is known; what
 * nobody has seen or read does not belong here.
 */
const deviations: Deviation[] = [
  {
    violation: /^webhook (meeting|webinar)\.(started|ended): .*\(host_email\)$/,
    because: "captured traffic of 2026 carries it",
  },
  {
    violation: /^webhook (meeting|webinar)\.participant_\w+: .*\((public|private)_ip\)$/,
    because: "captured traffic of 2026 carries both; they are people's addresses, which we must not keep",
  },
  {
    violation: /^webhook app_deauthorized: is no event of the document$/,
    because: "every app has it; it is described with the Marketplace and not with meetings",
  },
  {
    violation: /^GET \/report\/cloud_recording: is no operation of the document$/,
    because: "Zoom has it; the excerpt does not",
  },
  {
    violation: /\/recordings: answer 200 .*\(share_url\)$/,
    because: "the complete document has it, this excerpt lost it",
  },
  {
    violation: /\/recordings: error 404\/3301 does not say "This recording is still being processed\."$/,
    because: "an account in Spanish got 3301 with that meaning while Zoom was still encoding",
  },
  {
    violation: /: error 401\/124 does not say ".* not supported as query parameter string\."$/,
    because: "tokens in the query are refused everywhere since 2023, by Zoom's change log",
  },
  {
    violation: /: error 400\/1114 is not in the document \(Unable to assign ".+" as an alternative host /,
    because: "reported by users; Zoom documents no code for an alternative host without a licence",
  },
  {
    violation: /^GET \/metrics\/meetings\/.*: error 400\/400 .*Business or higher accounts/,
    because: "seen on a Pro account in 2026 for participants too; documented of the list alone",
  },
  {
    violation: /^DELETE \/(meetings\/\{meetingId\}|webinars\/\{webinarId\}): error 400\/3002 /,
    because: "the document of 2023 has it, the current one names no code for a meeting in progress",
  },
  {
    violation: /^POST \/meetings\/\{meetingId\}\/registrants: error 400\/(3038|404) is not in the document/,
    because: "documented of registering in batches; nothing says how one alone is answered",
  },
  {
    violation: /^POST \/meetings\/\{meetingId\}\/registrants: error 400\/3027 is not in the document/,
    because: "documented of webinars' registrants; nothing says how a meeting's host is answered",
  },
  {
    violation: /^POST \/meetings\/\{meetingId\}\/registrants: error 400\/200 is not in the document/,
    because: "documented of taking a registrant out; nothing says how adding one is answered",
  },
  {
    violation: /^POST \/meetings\/\{meetingId\}\/registrants: error 400\/3000 does not say "Users in /,
    because: "documented of inviting the same people; nothing says how registering them is answered",
  },
  {
    violation: /\/recordings: answer 200 \/recording_files\/\*\/status must be .* \(completed\)$/,
    because: "webhooks of the same files name `processing` too",
  },
  {
    violation: /^PUT \/meetings\/\{meetingId\}\/status: error 400\/3000 does not say ".* has not started\."$/,
    because:
      "documented of a livestream; nothing says how ending an idle meeting is answered, which is a switch here",
  },
  {
    violation: /^(GET|PATCH|DELETE) \/meetings\/\{meetingId\}: error 400\/300 .*`occurrence_id`/,
    because: "documented of meetings' other calls with an occurrence; nothing says how these are answered",
  },
  {
    violation:
      /\/recordings\/settings: (request|answer 200) \/password must NOT have fewer than 8 characters$/,
    because:
      "a recording may have none, and the length is the account's setting; the document tells the usual one",
  },
  {
    violation: /\/recordings: answer 200 \/recording_files\/\*\/file_type must be /,
    because: "the field's description names TIMELINE, its list of values lost it",
  },
  {
    violation: /^PATCH \/live_meetings\/\{meetingId\}\/events: error 400\/300 .*No valid contacts were found/,
    because: "it stands in the description of the field and not among the errors",
  },
];

export const isKnown = (violation: string): boolean =>
  deviations.some((deviation) => deviation.violation.test(violation));
