import { z } from 'zod'
import { jsonOrNothing } from '../lib/json-or-nothing.ts'
import { repairDocument } from '../normalize/inspect-document.ts'
import { replayOf } from '../wazuh-rules/alert-replay.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { DecoderTree } from '../wazuh-rules/decoder.ts'
import type { PastEvent } from './prove-draft.ts'

const fields = z.record(z.string(), z.json())
const document = z.looseObject({ _id: z.string().optional(), _source: fields.optional() }).and(fields)

/** A past alert (bare or an indexer hit) as an event to run again; undefined where that cannot be done. */
export function pastEventOf(
  alertText: string,
  decoders: DecoderTree,
  fallbackSource: string,
  verdictOf: (source: string) => string | undefined,
): PastEvent | undefined {
  // Repaired as intake does: what is stored raw may be nested deeper than any reader of it can follow.
  const parsed = document.safeParse(repairDocument(jsonOrNothing(alertText)))
  if (!parsed.success) return undefined
  const alert = parsed.data._source ?? parsed.data
  const source = parsed.data._id ?? (typeof alert.id === 'string' ? alert.id : fallbackSource)
  const replay = replayOf(alert, decoders)
  if (replay.kind === 'impossible') return undefined
  const { atSeconds, origin } = replay
  const content = replay.kind === 'log' ? fromByteText(replay.log) : replay.event
  return { source, atSeconds, origin, content, verdict: verdictOf(source) }
}

/** Stored alerts as events to run again; those that cannot be are left out. */
export function pastEventsOf(
  alerts: readonly { readonly raw: string; readonly verdict: string | null }[],
  decoders: DecoderTree,
): PastEvent[] {
  return alerts.flatMap(({ raw, verdict }, index) => {
    const event = pastEventOf(raw, decoders, String(index + 1), () => verdict ?? undefined)
    return event ? [event] : []
  })
}
