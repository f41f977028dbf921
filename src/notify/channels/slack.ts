import { jsonMessage, type RenderHttp } from './channel.ts'

/** The three characters that Slack's text gives a meaning to (Slack: "Formatting text for app surfaces"). */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** A message of an incoming webhook, in blocks; `text` is what a notification on a phone shows. */
export const slack: RenderHttp<'slack'> = (target, { text }) => {
  const lines = [
    ...text.facts.map(([name, value]) => `*${name}:* ${escaped(value)}`),
    ...(text.title === undefined ? [] : [escaped(text.title)]),
  ]
  return jsonMessage(target.url, {
    text: escaped(text.headline),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: text.headline } },
      { type: 'section', text: { type: 'mrkdwn', text: lines.join('\n').slice(0, 3000) } },
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open in Tocsin' }, url: text.url }],
      },
    ],
  })
}
