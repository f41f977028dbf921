import type { NoticeText } from '../notice-text.ts'
import type { ChannelTarget } from '../target.ts'

/** What is sent once. `deliveryId` is the same at each try, so that a receiver can tell a second copy. */
export interface Message {
  readonly deliveryId: string
  readonly event: string
  readonly text: NoticeText
  readonly nowMs: number
}

export interface HttpMessage {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

type TargetOf<Kind extends ChannelTarget['kind']> = Extract<ChannelTarget, { kind: Kind }>

/** How one kind of chat or receiver wants to be told: one POST of JSON. */
export type RenderHttp<Kind extends ChannelTarget['kind']> = (
  target: TargetOf<Kind>,
  message: Message,
) => HttpMessage

export function jsonMessage(url: string, body: unknown, headers: Record<string, string> = {}): HttpMessage {
  return { url, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}
