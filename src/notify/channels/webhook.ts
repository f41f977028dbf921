import { createHmac } from 'node:crypto'
import { jsonMessage, type RenderHttp } from './channel.ts'

/**
 * JSON for programs, signed as Standard Webhooks (https://www.standardwebhooks.com) says: an HMAC-SHA256 over id, second and
 * body. The id is the same at each try.
 */
export const webhook: RenderHttp<'webhook'> = (target, { deliveryId, event, text, nowMs }) => {
  const message = jsonMessage(target.url, {
    type: event,
    timestamp: new Date(nowMs).toISOString(),
    data: {
      headline: text.headline,
      ...Object.fromEntries(text.facts.map(([name, value]) => [name.toLowerCase(), value])),
      ...(text.title === undefined ? {} : { title: text.title }),
      url: text.url,
    },
  })
  const second = Math.floor(nowMs / 1000)
  const signature = createHmac('sha256', target.secret ?? '')
    .update(`${deliveryId}.${second}.${message.body}`)
    .digest('base64')
  return {
    ...message,
    headers: {
      ...message.headers,
      'webhook-id': deliveryId,
      'webhook-timestamp': String(second),
      'webhook-signature': `v1,${signature}`,
    },
  }
}
