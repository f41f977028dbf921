import { dataDirectory } from '../config.ts'
import type { CaseContext } from '../evidence/case-context.ts'
import { caseUrgency } from '../investigate/queue-leaning.ts'
import { AppError, messageOf } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import type { Command } from './command.ts'
import { knowledgeOption, readArgs, readInput, writeRecord } from './command.ts'
import { openTeller } from './triage/ask-for-brief.ts'
import { AlertReader } from './triage/read-alerts.ts'
import { casesOf } from './triage/triage-alerts.ts'
import { quarantineRecord, type TriageRecord, triageRecord } from './triage/triage-record.ts'
import { triageText } from './triage/triage-text.ts'

/** In the order of the queue. */
function mostUrgentFirst(cases: readonly CaseContext[]): CaseContext[] {
  return cases
    .map(found => ({ found, urgency: caseUrgency(found) }))
    .sort((a, b) => b.urgency - a.urgency || b.found.case.lastSeenMs - a.found.case.lastSeenMs)
    .map(({ found }) => found)
}

/** `tocsin triage`: from a file of alerts to briefed cases, offline. */
export const command: Command = {
  usage: `tocsin triage FILE... [--model PROFILE|none] [--json]

Reads Wazuh 4 alerts, indexer hits ({_id, _index, _source}) or Wazuh 5 findings, one JSON object a line (or one JSON
array), groups them into cases and writes a brief of each: what happened, how sure, why, what to check next; in the order
of the queue, most urgent first. FILE may be '-' for standard input; .gz files are unpacked. Needs no server.

  --model PROFILE  also ask this model; 'none' (the default) uses code alone
  --data DIR       the data directory that 'tocsin knowledge import' wrote to (default: that of 'tocsin up')
  --json           one JSON record a case; lines and files that could not be read are in a last record 'quarantine'

Exit code 0: read and written, whatever the verdicts. 2: bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { json: { type: 'boolean' }, model: { type: 'string', default: 'none' }, ...knowledgeOption },
      allowPositionals: true,
    })
    if (positionals.length === 0)
      throw new AppError('bad-usage', 'give at least one file, or - for standard input')
    const reader = new AlertReader(systemClock.now())
    const unreadable: Problem[] = []
    for (const path of positionals) {
      try {
        reader.read(await readInput(path, io), path)
      } catch (error) {
        io.signal.throwIfAborted()
        io.stderr(`tocsin triage: ${messageOf(error)}\n`)
        unreadable.push(problem('unreadable-input', messageOf(error), path))
      }
    }
    const { alerts, problems, quarantined } = reader.result()
    const write = (record: TriageRecord) =>
      values.json ? writeRecord(io, record) : io.stdout(triageText(record))
    const teller = await openTeller(values.model, alerts)
    try {
      const { added: addedTechniques } = storedAttack(dataDirectory(values.data))
      for (const found of mostUrgentFirst(casesOf(alerts))) {
        const context = { ...found, addedTechniques }
        const { evidence, brief, problems: modelProblems } = await teller.tell(context, io.signal)
        const own = context.alerts.flatMap(alert => problems.get(alert.key) ?? [])
        write(triageRecord(context, evidence, brief, [...own, ...modelProblems]))
      }
    } finally {
      await teller.close()
    }
    if (alerts.length + quarantined.length + unreadable.length === 0)
      io.stderr(`tocsin triage: there is no alert in ${positionals.join(', ')}\n`)
    if (quarantined.length + unreadable.length > 0) write(quarantineRecord(quarantined, unreadable))
    return unreadable.length > 0 ? 2 : 0
  },
}
