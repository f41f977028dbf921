import { runInWorker } from '../lib/run-in-worker.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { loadRuleset, type RulesetFiles } from '../wazuh-rules/ruleset.ts'
import { Session } from '../wazuh-rules/session.ts'
import { type DataValue, verdictRecord } from '../wazuh-rules/verdict-record.ts'
import type { ExplainedLog } from './tools/tool-ports.ts'

export interface LogQuestion {
  readonly log: string
  readonly location: string
  readonly base: RulesetFiles
  readonly nowSeconds: number
}

const mostLines = 50
const timeoutMs = 15_000

/** Runs log lines through one session of the present rules, as `wazuh-logtest` does. */
export function explainLog({ log, location, base, nowSeconds }: LogQuestion): ExplainedLog[] {
  const { ruleset } = loadRuleset(base)
  const session = new Session(ruleset, {
    location: toByteText(location),
    agent: undefined,
    managerName: 'localhost',
    prefilter: fastPrefilter(),
  })
  const lines = log.split('\n').filter(line => line.trim() !== '')
  return lines.slice(0, mostLines).map(line => {
    const record = verdictRecord(session.process(toByteText(line), nowSeconds))
    return {
      decoder: record.decoder.name ?? null,
      fields: Object.fromEntries(flat('', record.data)),
      ruleId: record.rule_id,
      level: record.level,
      description: record.description,
      groups: record.groups ?? [],
      mitre: record.mitre.map(fromByteText),
      alert: record.alert,
    }
  })
}

/** The same in a process of its own: loading takes a second, and a line may be written to keep an expression busy. */
export function explainLogInWorker(question: LogQuestion, signal: AbortSignal): Promise<ExplainedLog[]> {
  return runInWorker(new URL('./explain-log.worker.ts', import.meta.url), question, timeoutMs, signal)
}

function flat(prefix: string, value: DataValue): [string, string][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return Object.entries(value).flatMap(([name, member]) =>
      flat(prefix === '' ? name : `${prefix}.${name}`, member),
    )
  return [[prefix, typeof value === 'string' ? value : JSON.stringify(value)]]
}
