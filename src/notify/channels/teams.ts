import { jsonMessage, type RenderHttp } from './channel.ts'

/** An Adaptive Card for a workflow of Teams ("Post to a channel when a webhook request is received"). */
export const teams: RenderHttp<'teams'> = (target, { text }) =>
  jsonMessage(target.url, {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'TextBlock', text: text.headline, weight: 'Bolder', size: 'Medium', wrap: true },
            { type: 'FactSet', facts: text.facts.map(([title, value]) => ({ title, value })) },
            ...(text.title === undefined
              ? []
              : // A RichTextBlock's runs are plain: a TextBlock would read Markdown, links included, out of them.
                [{ type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: text.title }] }]),
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open in Tocsin', url: text.url }],
        },
      },
    ],
  })
