import { AppError, messageOf } from '../lib/app-error.ts'
import type { Job } from '../queue/jobs.ts'
import { findChannel, findDelivery, noteAttempt } from '../store/notifications.ts'
import { type NotifyParts, sendNotice } from './send-notice.ts'

/** How often a delivery is tried: over about an hour and a half. */
export const deliveryTries = 12

/**
 * Handles `notice-deliver`. It may run again after a crash: what is marked as sent is not sent again, and in the moment
 * between the two the receiver can tell the copy by its id.
 */
export async function handleDelivery(parts: NotifyParts, job: Job, signal: AbortSignal): Promise<void> {
  const { database, clock } = parts
  const delivery = await findDelivery(database, job.tenant, job.key)
  if (delivery === undefined || delivery.state !== 'waiting') return
  const note = (state: 'waiting' | 'sent' | 'failed', error: string | null) =>
    noteAttempt(database, job.tenant, delivery.id, { state, error }, clock.now())
  const channel = await findChannel(database, job.tenant, delivery.channelId)
  if (channel === undefined || !channel.enabled)
    return note('failed', 'the channel was removed or switched off')
  try {
    await sendNotice(parts, job.tenant, channel, delivery, delivery.id, signal)
  } catch (error) {
    if (signal.aborted) throw new AppError('stopped', 'stopped while sending', { retryable: true })
    const again = error instanceof AppError && error.retryable && job.attempt < deliveryTries
    await note(again ? 'waiting' : 'failed', messageOf(error).slice(0, 500))
    if (again) throw error
    return
  }
  await note('sent', null)
}
