import { noticeJob } from '../domain/job-kinds.ts'
import type { Notice } from '../domain/notice.ts'
import { severities } from '../domain/verdict.ts'
import { enqueue } from '../queue/jobs.ts'
import {
  type ChannelRow,
  insertDelivery,
  insertNotice,
  listChannels,
  untoldNotices,
} from '../store/notifications.ts'
import type { NotifyParts } from './send-notice.ts'

const soonMs = 15 * 60_000

/**
 * Looks for what there is to tell and hands it to the channels that want it. What happened is read from where it is kept,
 * so nothing has to remember to tell it and nothing is lost in a crash; each notice is taken once, in the transaction
 * that queues its deliveries. `more` are notices that are found elsewhere. Returns how many were new.
 */
export async function findNotices(
  parts: NotifyParts,
  tenant: string,
  silentMs: number,
  more: readonly Notice[] = [],
): Promise<number> {
  const channels = (await listChannels(parts.database, tenant)).filter(channel => channel.enabled)
  if (channels.length === 0) return 0
  const nowMs = parts.clock.now()
  // Nothing from before there was anybody to tell.
  const sinceMs = Math.min(...channels.map(channel => channel.createdMs))
  const found = await untoldNotices(parts.database, tenant, { sinceMs, nowMs, soonMs, silentMs })
  let count = 0
  for (const notice of [...found, ...more]) if (await tell(parts, tenant, channels, notice)) count += 1
  return count
}

async function tell(
  parts: NotifyParts,
  tenant: string,
  channels: readonly ChannelRow[],
  notice: Notice,
): Promise<boolean> {
  return parts.database.transaction(async sql => {
    if (!(await insertNotice(sql, tenant, notice))) return false
    const nowMs = parts.clock.now()
    for (const channel of channels.filter(each => wants(each, notice))) {
      const id = parts.ids.next('delivery')
      await insertDelivery(sql, tenant, { id, key: notice.key, channel }, nowMs)
      await enqueue(sql, tenant, [{ kind: noticeJob, key: id, payload: {} }], nowMs)
    }
    return true
  })
}

function wants(channel: ChannelRow, notice: Notice): boolean {
  if (!channel.events.includes(notice.event)) return false
  const { severity } = notice.facts
  return severity === undefined || severities.indexOf(severity) >= channel.minimumSeverity
}
