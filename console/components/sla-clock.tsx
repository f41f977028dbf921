import { AlarmClock, AlarmClockOff, Check } from 'lucide-react'
import type { Sla } from '../../src/http/contract-queue.ts'
import { clockDuration, fullTime } from '../text/format-time.ts'
import { useNow } from './moment.tsx'

/** Time left until the case is due, or by how much it is late. Turns urgent in the last quarter of an hour. */
export function SlaClock({ sla }: { sla: Sla }) {
  const now = useNow()
  if (sla.state === 'met')
    return (
      <span className="inline-flex items-center gap-1 text-muted">
        <Check aria-hidden="true" className="size-3.5" /> in time
      </span>
    )
  if (sla.state === 'missed')
    return (
      <span className="inline-flex items-center gap-1 text-muted">
        <AlarmClockOff aria-hidden="true" className="size-3.5" /> late
      </span>
    )
  const leftMs = sla.dueMs - now
  const late = leftMs <= 0
  const urgent = leftMs < 15 * 60_000
  return (
    <span
      title={`Due ${fullTime(sla.dueMs)}`}
      className={`inline-flex items-center gap-1 whitespace-nowrap tabular ${late ? 'font-semibold text-bad' : urgent ? 'font-semibold text-high' : 'text-muted'}`}
    >
      {urgent && <AlarmClock aria-hidden="true" className="size-3.5" />}
      {late ? `${clockDuration(leftMs)} late` : clockDuration(leftMs)}
      {!late && <span className="sr-only">left</span>}
    </span>
  )
}
