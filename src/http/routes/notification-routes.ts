import { randomBytes } from 'node:crypto'
import { type AccountParts, logAccountEvent } from '../../accounts/account-parts.ts'
import { severities } from '../../domain/verdict.ts'
import { messageOf } from '../../lib/app-error.ts'
import { sealEnvelope } from '../../lib/envelope.ts'
import { checkPlace } from '../../notify/allowed-places.ts'
import { type NotifyParts, sendNotice } from '../../notify/send-notice.ts'
import { type ChannelTarget, placeOf, shownTarget, targetContext } from '../../notify/target.ts'
import {
  type ChannelRow,
  deleteChannel,
  findChannel,
  insertDelivery,
  insertNotice,
  listChannels,
  listDeliveries,
  noteAttempt,
  saveChannel,
} from '../../store/notifications.ts'
import { wasDone } from '../contract.ts'
import { type ChannelRecord, notificationEndpoints } from '../contract-notifications.ts'
import { RequestError } from '../http-error.ts'
import { type Caller, type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const shownDeliveries = 100

/** Channels, and what was told through them. */
export function notificationRoutes(parts: NotifyParts, accounts: AccountParts): Route[] {
  const { database } = parts
  const { tenant } = accounts
  const existing = async (id: string): Promise<ChannelRow> => {
    const channel = await findChannel(database, tenant, id)
    if (channel === undefined) throw new RequestError('not-found', `there is no channel ${id}`)
    return channel
  }
  const save = async (channel: ChannelRow, caller: Caller, what: string): Promise<void> => {
    const byId = personOf(caller).user.id
    await database.transaction(async sql => {
      await saveChannel(sql, tenant, channel)
      await logAccountEvent(sql, accounts, { kind: what, byId, subject: channel.name, detail: channel.shown })
    })
  }
  return [
    route(notificationEndpoints.listChannels, async () => ({
      channels: (await listChannels(database, tenant)).map(channelView),
      places: parts.places.map(place => `${place.host}:${place.port}`),
    })),
    route(notificationEndpoints.createChannel, async ({ body, caller }) => {
      const id = parts.ids.next('channel')
      const { target, minimumSeverity, ...rest } = body
      const sealed = await sealTarget(parts, tenant, id, target)
      const channel = {
        ...rest,
        ...sealed.columns,
        id,
        kind: target.kind,
        minimumSeverity: severities.indexOf(minimumSeverity),
        enabled: true,
        createdMs: parts.clock.now(),
        createdBy: personOf(caller).user.id,
      }
      await save(channel, caller, 'channel-create')
      return { channel: channelView(channel), secret: sealed.madeSecret }
    }),
    route(notificationEndpoints.changeChannel, async ({ params, body, caller }) => {
      const before = await existing(params.id)
      if (body.target !== undefined && body.target.kind !== before.kind)
        throw new RequestError(
          'bad-request',
          `${before.name} stays a ${before.kind} channel`,
          'body/target/kind',
        )
      const sealed = body.target && (await sealTarget(parts, tenant, before.id, body.target))
      const channel: ChannelRow = {
        ...before,
        ...sealed?.columns,
        name: body.name ?? before.name,
        events: body.events ?? before.events,
        detail: body.detail ?? before.detail,
        enabled: body.enabled ?? before.enabled,
        minimumSeverity:
          body.minimumSeverity === undefined
            ? before.minimumSeverity
            : severities.indexOf(body.minimumSeverity),
      }
      await save(channel, caller, 'channel-change')
      return { channel: channelView(channel), secret: sealed?.madeSecret ?? null }
    }),
    route(notificationEndpoints.deleteChannel, async ({ params, caller }) => {
      const { name, shown } = await existing(params.id)
      const byId = personOf(caller).user.id
      await database.transaction(async sql => {
        await deleteChannel(sql, tenant, params.id)
        await logAccountEvent(sql, accounts, { kind: 'channel-delete', byId, subject: name, detail: shown })
      })
      return wasDone
    }),
    route(
      notificationEndpoints.testChannel,
      async ({ params, signal }) => {
        await sendTest(parts, tenant, await existing(params.id), signal)
        return wasDone
      },
      { requestsPerMinute: 10 },
    ),
    route(notificationEndpoints.listDeliveries, async () => ({
      deliveries: (await listDeliveries(database, tenant, shownDeliveries)).map(row => ({
        id: row.id,
        channel: row.channelName,
        event: row.event,
        subject: row.subject,
        path: row.facts.path,
        state: row.state,
        attempts: row.attempts,
        error: row.lastError,
        queuedMs: row.queuedMs,
        doneMs: row.doneMs,
      })),
    })),
  ]
}

async function sealTarget(parts: NotifyParts, tenant: string, id: string, target: ChannelTarget) {
  const { host, port } = placeOf(target)
  checkPlace(host, port, parts.places, target.kind)
  const madeSecret =
    target.kind === 'webhook' && target.secret === undefined ? randomBytes(32).toString('base64url') : null
  const whole = madeSecret === null ? target : { ...target, secret: madeSecret }
  const context = targetContext(tenant, id)
  const sealedTarget = sealEnvelope(await parts.masterKey(), JSON.stringify(whole), context)
  return { columns: { shown: shownTarget(target), sealedTarget }, madeSecret }
}

/** Sends it at once, so that the admin reads what went wrong; it is in the log like any other. */
async function sendTest(
  parts: NotifyParts,
  tenant: string,
  channel: ChannelRow,
  signal: AbortSignal,
): Promise<void> {
  const { database, clock } = parts
  const id = parts.ids.next('delivery')
  const facts = { path: '/settings?section=notifications' }
  const notice = {
    key: `test:${id}`,
    event: 'test',
    subject: channel.name,
    facts,
    atMs: clock.now(),
  } as const
  await database.transaction(async sql => {
    await insertNotice(sql, tenant, notice)
    await insertDelivery(sql, tenant, { id, key: notice.key, channel }, clock.now())
  })
  const note = (state: 'sent' | 'failed', error: string | null) =>
    noteAttempt(database, tenant, id, { state, error }, clock.now())
  try {
    await sendNotice(parts, tenant, channel, notice, id, signal)
  } catch (error) {
    await note('failed', messageOf(error).slice(0, 500))
    throw error
  }
  await note('sent', null)
}

function channelView(channel: ChannelRow): ChannelRecord {
  const { id, kind, name, events, detail, enabled, shown } = channel
  const minimumSeverity = severities[channel.minimumSeverity] ?? 'low'
  return { id, kind, name, events: [...events], detail, enabled, shown, minimumSeverity }
}
