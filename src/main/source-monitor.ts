import { Counter, type Registry } from 'prom-client'
import type { IngestReceipt } from '../ingest/ingest.ts'
import type { Clock } from '../lib/clock.ts'
import type { SourceState } from '../sources/source.ts'

export interface SourceReport {
  readonly state: SourceState
  readonly received: number
  readonly lastReceivedMs: number | null
}

/** Remembers how each source is doing, for the settings page and the metrics. */
export interface SourceMonitor {
  state(name: string, state: SourceState): void
  received(name: string, receipt: IngestReceipt): void
  report(name: string): SourceReport | undefined
}

export function createSourceMonitor(clock: Clock, registry: Registry): SourceMonitor {
  const reports = new Map<string, SourceReport>()
  const counter = new Counter({
    name: 'tocsin_ingested_total',
    help: 'Records taken in, by source and by what became of them',
    labelNames: ['source', 'outcome'] as const,
    registers: [registry],
  })
  const waiting: SourceState = { kind: 'waiting', detail: 'not started yet' }
  const before = (name: string): SourceReport =>
    reports.get(name) ?? { state: waiting, received: 0, lastReceivedMs: null }
  return {
    state: (name, state) => void reports.set(name, { ...before(name), state }),
    received(name, receipt) {
      counter.inc({ source: name, outcome: 'stored' }, receipt.stored)
      counter.inc({ source: name, outcome: 'duplicate' }, receipt.duplicates)
      counter.inc({ source: name, outcome: 'quarantined' }, receipt.quarantined)
      counter.inc({ source: name, outcome: 'ignored' }, receipt.ignored)
      const { state, received } = before(name)
      reports.set(name, {
        state: state.kind === 'waiting' ? { kind: 'connected', detail: 'receiving' } : state,
        received: received + receipt.stored,
        lastReceivedMs: clock.now(),
      })
    },
    report: name => reports.get(name),
  }
}
