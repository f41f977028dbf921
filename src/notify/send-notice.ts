import type { Notice } from '../domain/notice.ts'
import { AppError, assertNever, messageOf } from '../lib/app-error.ts'
import type { Clock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { createEgressFetch, type EgressRule } from '../lib/egress-fetch.ts'
import { openEnvelope } from '../lib/envelope.ts'
import type { IdSource } from '../lib/ids.ts'
import { addressesOfRoles, type ChannelRow } from '../store/notifications.ts'
import { checkPlace } from './allowed-places.ts'
import type { HttpMessage, Message } from './channels/channel.ts'
import { sendMail } from './channels/email.ts'
import { mattermost } from './channels/mattermost.ts'
import { slack } from './channels/slack.ts'
import { teams } from './channels/teams.ts'
import { webhook } from './channels/webhook.ts'
import { noticeText } from './notice-text.ts'
import { type ChannelTarget, channelTarget, placeOf, targetContext } from './target.ts'

/** What notifying works with. */
export interface NotifyParts {
  readonly database: Database
  readonly clock: Clock
  readonly ids: IdSource
  readonly masterKey: () => Promise<Uint8Array>
  /** Where notifications may go: set by who runs Tocsin, not by admins of the console. */
  readonly places: readonly EgressRule[]
  /** Private authorities (PEM) of mail and chat servers. */
  readonly extraCa: readonly string[]
  /** What may leave of a text that others wrote; `undefined` where it cannot be redacted now. */
  readonly redactText: (tenant: string, text: string) => Promise<string | undefined>
  /** Where people reach the console. */
  readonly consoleUrl: () => string
}

const timeoutMs = 20_000

/** Sends one notice through one channel. Throws `notice-not-sent`, `place-not-allowed`; no message holds a secret. */
export async function sendNotice(
  parts: NotifyParts,
  tenant: string,
  channel: ChannelRow,
  notice: Notice,
  deliveryId: string,
  signal: AbortSignal,
): Promise<void> {
  const sealed = openEnvelope(
    await parts.masterKey(),
    channel.sealedTarget,
    targetContext(tenant, channel.id),
  )
  const target = channelTarget.parse(JSON.parse(sealed))
  const { host, port } = placeOf(target)
  checkPlace(host, port, parts.places, target.kind)
  const { title } = notice.facts
  const shown =
    channel.detail === 'redacted' && title !== undefined ? await parts.redactText(tenant, title) : undefined
  const text = noticeText(notice, parts.consoleUrl(), shown?.slice(0, 500))
  const message = { deliveryId, event: notice.event, text, nowMs: parts.clock.now() }
  if (target.kind === 'email') {
    const rule = parts.places.find(
      place => place.host.toLowerCase() === host.toLowerCase() && place.port === port,
    )
    const byRole = await addressesOfRoles(parts.database, tenant, target.roles)
    const recipients = [...new Set([...target.to, ...byRole])]
    if (rule !== undefined) await sendMail(target, recipients, message, rule, parts.extraCa)
    return
  }
  await post(parts, render(target, message), signal)
}

function render(target: Exclude<ChannelTarget, { kind: 'email' }>, message: Message): HttpMessage {
  switch (target.kind) {
    case 'webhook':
      return webhook(target, message)
    case 'slack':
      return slack(target, message)
    case 'teams':
      return teams(target, message)
    case 'mattermost':
      return mattermost(target, message)
    default:
      return assertNever(target)
  }
}

async function post(parts: NotifyParts, message: HttpMessage, signal: AbortSignal): Promise<void> {
  const client = createEgressFetch({ rules: parts.places, extraCa: parts.extraCa })
  try {
    const response = await client.fetch(message.url, {
      method: 'POST',
      headers: message.headers,
      body: message.body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    })
    await response.body?.cancel() // What it answers is not repeated: it may hold anything.
    if (response.ok) return
    // A receiver that says that the message is wrong will say so again, but for "too many" and "time-out".
    const retryable = response.status >= 500 || response.status === 429 || response.status === 408
    throw new AppError('notice-not-sent', `it answered with status ${response.status}`, { retryable })
  } catch (error) {
    if (error instanceof AppError) throw error
    const cause =
      error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : messageOf(error)
    const said = cause.replaceAll(message.url, '[address]')
    throw new AppError('notice-not-sent', `it could not be reached: ${said}`, {
      retryable: true,
      cause: error,
    })
  } finally {
    await client.close()
  }
}
