import { pino } from 'pino'
import { noticeJob } from '../../src/domain/job-kinds.ts'
import type { NoticeEvent } from '../../src/domain/notice.ts'
import type { fixedClock } from '../../src/lib/clock.ts'
import { sealEnvelope } from '../../src/lib/envelope.ts'
import { randomIds } from '../../src/lib/ids.ts'
import { parseAllowedPlaces } from '../../src/notify/allowed-places.ts'
import { handleDelivery } from '../../src/notify/deliver-job.ts'
import { channelTarget, targetContext } from '../../src/notify/target.ts'
import { claim, complete } from '../../src/queue/jobs.ts'
import { saveChannel } from '../../src/store/notifications.ts'
import type { NotificationReceiver } from './notification-receiver.ts'
import type { TestDatabase } from './postgres.ts'

const tenant = 'default'
const masterKey = Buffer.alloc(32, 9)

/** What a watch takes of the application, with one chat channel at `receiver` that wants to hear of `event`. */
export async function watchBench(
  { database }: TestDatabase,
  receiver: NotificationReceiver,
  clock: ReturnType<typeof fixedClock>,
  event: NoticeEvent,
) {
  const ids = randomIds()
  const notify = {
    database,
    clock,
    ids,
    masterKey: async () => masterKey,
    places: parseAllowedPlaces(`127.0.0.1:${receiver.port}`),
    extraCa: [],
    redactText: async (_tenant: string, text: string) => text,
    consoleUrl: () => 'https://tocsin.example.org',
  }
  const url = `http://127.0.0.1:${receiver.port}/slack`
  const target = JSON.stringify(channelTarget.parse({ kind: 'slack', url }))
  await saveChannel(database, tenant, {
    id: 'channel_1',
    kind: 'slack',
    name: 'SOC',
    events: [event],
    minimumSeverity: 0,
    detail: 'link',
    enabled: true,
    shown: 'slack',
    sealedTarget: sealEnvelope(masterKey, target, targetContext(tenant, 'channel_1')),
    createdMs: clock.now(),
    createdBy: 'user_1',
  })
  const parts = {
    clock,
    ids,
    tenant,
    owner: 'test',
    store: { database },
    config: { sourceSilentMs: 3_600_000 },
    logger: pino({ level: 'silent' }),
    notify,
  }
  return {
    parts,
    /** Hands every notice that waits to the receiver. */
    async deliver(): Promise<void> {
      const jobs = await claim(database, noticeJob, { limit: 20, leaseMs: 600_000, nowMs: clock.now() })
      for (const job of jobs) {
        await handleDelivery(notify, job, AbortSignal.timeout(300_000))
        await complete(database, [job])
      }
    },
  }
}
