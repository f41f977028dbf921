import { jsonMessage, type RenderHttp } from './channel.ts'

/** Markdown that stays text: mentions, links and pictures of an attacker must not work. */
function literal(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~:/]/g, '\\$&').replaceAll('@', '@\u200b')
}

/** A message of an incoming webhook, for Mattermost and what is compatible with it (Rocket.Chat). */
export const mattermost: RenderHttp<'mattermost'> = (target, { text }) =>
  jsonMessage(target.url, {
    text: [
      `**${text.headline}**`,
      ...text.facts.map(([name, value]) => `${name}: ${value}`),
      ...(text.title === undefined ? [] : [literal(text.title)]),
      `[Open in Tocsin](${text.url})`,
    ].join('\n'),
  })
