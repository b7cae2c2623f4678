import type { Notice } from "./notice.ts";

/**
 * One notice in the form of each chat. What stands in it was written by others: no form lets it mention everybody,
 * add links or break the card. Limits are the chats' own.
 */
export const chatKinds = ["slack", "teams", "google_chat"] as const;

export type ChatKind = (typeof chatKinds)[number];

export const chatCard = (kind: ChatKind, notice: Notice): object => cards[kind](notice);

const cut = (text: string, most: number): string => {
  if (text.length <= most) return text;
  // Neither half an escaped sign nor half a pair may end it.
  return `${text.slice(0, most - 1).replace(/(&[a-z]{0,4}|[\uD800-\uDBFF])$/, "")}…`;
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Blocks of Slack: https://docs.slack.dev/reference/block-kit/blocks. `<!channel>` would call everybody. */
const slackCard = ({ title, text, links, facts }: Notice) => ({
  text: cut(escaped(title), 3000),
  blocks: [
    { type: "header", text: { type: "plain_text", text: cut(title, 150), emoji: false } },
    ...(text ? [{ type: "section", text: { type: "mrkdwn", text: cut(escaped(text), 3000) } }] : []),
    ...(facts.length > 0
      ? [
          {
            type: "section",
            fields: facts.slice(0, 10).map(({ name, value }) => ({
              type: "mrkdwn",
              text: cut(`*${escaped(name)}*\n${escaped(value)}`, 2000),
            })),
          },
        ]
      : []),
    ...(links.length > 0
      ? [
          {
            type: "actions",
            elements: links.map(({ title: label, url }, index) => ({
              type: "button",
              text: { type: "plain_text", text: cut(label, 75), emoji: false },
              url,
              action_id: `link-${index}`,
              ...(index === 0 && { style: "primary" }),
            })),
          },
        ]
      : []),
  ],
});

/** A run of text is shown as it stands, where a TextBlock would read Markdown. A break of lines needs a block of its own. */
const teamsText = (text: string, style: object = {}) => ({
  type: "RichTextBlock",
  inlines: [{ type: "TextRun", text, ...style }],
});

/** The envelope of Teams' Workflows, with an Adaptive Card: at most 28 KB. */
const teamsCard = ({ title, text, links, facts }: Notice) => ({
  type: "message",
  attachments: [
    {
      contentType: "application/vnd.microsoft.card.adaptive",
      contentUrl: null,
      content: {
        $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
        type: "AdaptiveCard",
        version: "1.4",
        msteams: { width: "Full" },
        body: [
          teamsText(cut(title, 300), { size: "Large", weight: "Bolder" }),
          ...lines(text).map((line) => teamsText(line)),
          ...facts.flatMap(({ name, value }) => [
            teamsText(name, { weight: "Bolder" }),
            ...lines(value).map((line) => teamsText(line)),
          ]),
        ],
        actions: links.map(({ title: label, url }) => ({ type: "Action.OpenUrl", title: label, url })),
      },
    },
  ],
});

/** Each line is a block in Teams, and blocks have their weight. */
const mostLines = 60;

const lines = (text: string): string[] => {
  const all = text.split(/\r\n?|\n/).filter((line) => line.trim() !== "");
  return all.length > mostLines ? [...all.slice(0, mostLines), "…"] : all;
};

const html = (text: string): string => lines(escaped(text)).join("<br>");

/** A card of Google Chat, whose paragraphs read a little HTML. */
const googleChatCard = ({ title, text, links, facts }: Notice) => ({
  fallbackText: cut(title, 300),
  cardsV2: [
    {
      cardId: "notice",
      card: {
        header: { title: cut(title, 300) },
        sections: [
          {
            widgets: [
              ...(text ? [{ textParagraph: { text: html(text) } }] : []),
              ...facts.map(({ name, value }) => ({
                decoratedText: { topLabel: name, text: html(value), wrapText: true },
              })),
              ...(links.length > 0 ? [{ buttonList: { buttons: links.map(googleButton) } }] : []),
            ],
          },
        ],
      },
    },
  ],
});

const googleButton = ({ title, url }: Notice["links"][number]) => ({
  text: title,
  onClick: { openLink: { url } },
});

const cards: Record<ChatKind, (notice: Notice) => object> = {
  slack: slackCard,
  teams: teamsCard,
  google_chat: googleChatCard,
};
