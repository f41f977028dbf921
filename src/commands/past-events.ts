import { z } from 'zod'
import type { PastEvent } from '../rule-drafts/prove-draft.ts'
import { replayOf } from '../wazuh-rules/alert-replay.ts'
import { fromByteText } from '../wazuh-rules/byte-text.ts'
import type { DecoderTree } from '../wazuh-rules/decoder.ts'
import { parseJsonLine } from './backtest-run.ts'
import type { Io } from './command.ts'
import { readLines } from './read-lines.ts'

const fields = z.record(z.string(), z.json())
const line = z.looseObject({ _id: z.string().optional(), _source: fields.optional() }).and(fields)

/** Past alerts, as far as they can be run again, with the verdicts that people gave. */
export async function readPastEvents(
  path: string,
  decoders: DecoderTree,
  verdicts: ReadonlyMap<string, string>,
  io: Io,
): Promise<PastEvent[]> {
  const events: PastEvent[] = []
  for await (const text of readLines(path, io)) {
    const parsed = line.safeParse(parseJsonLine(text))
    if (!parsed.success) continue
    const alert = parsed.data._source ?? parsed.data
    const source = parsed.data._id ?? (typeof alert.id === 'string' ? alert.id : String(events.length + 1))
    const replay = replayOf(alert, decoders)
    if (replay.kind === 'impossible') continue
    const { atSeconds, origin } = replay
    const content = replay.kind === 'log' ? fromByteText(replay.log) : replay.event
    events.push({ source, atSeconds, origin, content, verdict: verdicts.get(source) })
  }
  return events
}
