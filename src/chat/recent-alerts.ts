import type { Alert } from '../domain/alert.ts'
import { type Clock, systemClock } from '../lib/clock.ts'
import type { Database } from '../lib/database.ts'
import { normalizeLine } from '../normalize/normalize-line.ts'
import { alertsToRead } from '../store/case-surroundings.ts'
import { alertsReceivedAfter, type ReceivedAlertRow } from '../store/recent-alerts.ts'

const limit = 20_000
// Rows of one instant may be committed a little apart: look back that far, and know what is there already by its key.
const overlapMs = 5_000

/** The newest 20,000 alerts, kept in memory and topped up with each question, so that answers take milliseconds. */
export class RecentAlerts {
  readonly #database: Database
  readonly #tenant: string
  readonly #clock: Clock
  #alerts = new Map<string, Alert>()
  #throughMs = 0
  #refreshing: Promise<void> | undefined

  constructor(database: Database, tenant: string, clock: Clock = systemClock) {
    this.#database = database
    this.#tenant = tenant
    this.#clock = clock
  }

  /** In order of time. */
  async current(): Promise<Alert[]> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    await this.#refreshing
    return [...this.#alerts.values()].sort((a, b) => a.timestampMs - b.timestampMs)
  }

  /** The alerts of one case, at most 500: the first and the last. */
  async ofCase(caseId: string): Promise<Alert[]> {
    return (await alertsToRead(this.#database, this.#tenant, caseId, 500)).flatMap(readAgain)
  }

  async #refresh(): Promise<void> {
    // Another process, or this one before, may have had a clock that was ahead: nothing may lie behind it.
    this.#throughMs = Math.min(this.#throughMs, this.#clock.now())
    const rows = await alertsReceivedAfter(this.#database, this.#tenant, this.#throughMs - overlapMs, limit)
    for (const row of rows) {
      for (const alert of readAgain(row)) this.#alerts.set(alert.key, alert)
      this.#throughMs = Math.max(this.#throughMs, row.receivedMs)
    }
    const surplus = this.#alerts.size - limit
    if (surplus > 0) this.#alerts = new Map([...this.#alerts].slice(surplus))
  }
}

function readAgain(row: Pick<ReceivedAlertRow, 'raw' | 'receivedMs'>): Alert[] {
  const line = normalizeLine(Buffer.from(row.raw), { where: 'store', receivedAtMs: row.receivedMs })
  return line.kind === 'quarantined' ? [] : [line.alert]
}
