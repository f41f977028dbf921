import type { Trust } from '../domain/evidence.ts'
import { runInWorker } from '../lib/run-in-worker.ts'
import { toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { ruleTextOf } from '../wazuh-rules/rule-text.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { Session } from '../wazuh-rules/session.ts'
import { verdictRecord } from '../wazuh-rules/verdict-record.ts'

/** What a new rule can build on, as text for a model. */
export interface Surrounding {
  readonly name: string
  readonly text: string
  readonly trust: Trust
}

const longest = 1500

/** What the present rules make of these logs: each rule that fires, with the decoder and the fields that it saw. */
export function surroundingsOf(
  logs: readonly string[],
  base: RulesetFiles,
  nowSeconds: number,
): Surrounding[] {
  const { ruleset } = loadRuleset(base)
  const options = {
    location: 'draft',
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  }
  const found = new Map<string, string>()
  for (const log of logs) {
    const session = new Session(ruleset, options)
    for (const line of log.split('\n').filter(each => each !== '')) {
      const { decoder, data, rule_id: id } = verdictRecord(session.process(toByteText(line), nowSeconds))
      const seen = `decoder ${decoder.name ?? 'none'}, fields ${Object.keys(data).join(', ') || 'none'}`
      found.set(
        id === null ? `no rule (${seen})` : `rule ${id}`,
        id === null
          ? `No rule fires; ${seen}.`
          : `${seen}\n${ruleTextOf(base, id)?.text ?? ''}`.slice(0, longest),
      )
    }
  }
  return [...found].map(([name, text]) => ({
    name: `A rule to hang under: ${name}`,
    text,
    trust: 'knowledge-base',
  }))
}

export interface SurroundingsQuestion {
  readonly logs: readonly string[]
  readonly base: RulesetFiles
  readonly nowSeconds: number
}

const timeoutMs = 30_000

/** The same in a process of its own: loading a ruleset takes a second. */
export function surroundingsInWorker(
  question: SurroundingsQuestion,
  signal: AbortSignal,
): Promise<Surrounding[]> {
  return runInWorker(new URL('./surroundings-of.worker.ts', import.meta.url), question, timeoutMs, signal)
}
