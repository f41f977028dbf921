import { pastEventOf } from '../rule-drafts/past-event.ts'
import type { PastEvent } from '../rule-drafts/prove-draft.ts'
import type { DecoderTree } from '../wazuh-rules/decoder.ts'
import type { Io } from './command.ts'
import { readLines } from './read-lines.ts'

/** Past alerts, as far as they can be run again, with the verdicts that people gave. */
export async function readPastEvents(
  path: string,
  decoders: DecoderTree,
  verdicts: ReadonlyMap<string, string>,
  io: Io,
): Promise<PastEvent[]> {
  const events: PastEvent[] = []
  for await (const text of readLines(path, io)) {
    const event = pastEventOf(text, decoders, String(events.length + 1), source => verdicts.get(source))
    if (event) events.push(event)
  }
  return events
}
