import { answerQuestion } from '../chat/answer-question.ts'
import { readConfig } from '../config.ts'
import { rankTechniques } from '../intel/rank-techniques.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import type { Command } from './command.ts'
import { readArgs, readInput, writeRecord } from './command.ts'
import { AlertReader } from './triage/read-alerts.ts'
import { casesOf } from './triage/triage-alerts.ts'

/** `tocsin ask`. */
export const command: Command = {
  usage: `tocsin ask "QUESTION" [--data FILE] [--case ID] [--json]

Answers from pinned ATT&CK knowledge and from the alerts of FILE, by code: each number was counted, each sentence names
its evidence. Without data only knowledge is asked.

  --data   Wazuh alerts or indexer hits, one JSON object a line; '-' is standard input, .gz is unpacked
  --case   only the alerts of this case, as 'tocsin triage' numbers them
  --json   one record {answer, sentences[], evidence[], route, techniques[], tool_calls[], model, problems[]}

Exit codes: 0 answered, also when nothing was found; 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: { data: { type: 'string' }, case: { type: 'string' }, json: { type: 'boolean' } },
    })
    const text = positionals.join(' ').trim()
    if (text === '') throw new AppError('bad-usage', 'give the question in quotes')
    const reader = new AlertReader(systemClock.now())
    if (values.data !== undefined) reader.read(await readInput(values.data, io), values.data)
    const { alerts: all, quarantined } = reader.result()
    const alerts = values.case === undefined ? all : alertsOfCase(values.case, all)
    const answer = answerQuestion(text, {
      alerts: alerts.toSorted((a, b) => a.timestampMs - b.timestampMs),
      rankTechniques,
      attack: storedAttack(readConfig().dataDir),
      nowMs: systemClock.now(),
    })
    if (!values.json) {
      if (quarantined.length > 0)
        io.stderr(
          `tocsin ask: ${quarantined.length} of the lines are no Wazuh alerts; --json says which and why\n`,
        )
      io.stdout(
        `${answer.sentences.map(sentence => `${sentence.text}${sentence.evidence.length > 0 ? ` [${sentence.evidence.join(', ')}]` : ''}`).join('\n')}\n`,
      )
      return 0
    }
    const problems = quarantined.map(line => ({ code: line.code, message: line.message, where: line.where }))
    writeRecord(io, {
      answer: answer.answer,
      sentences: answer.sentences,
      evidence: answer.evidence,
      route: answer.route,
      techniques: answer.techniques,
      tool_calls: answer.toolCalls,
      model: answer.model,
      problems: [...answer.problems, ...problems],
    })
    return 0
  },
}

function alertsOfCase(id: string, alerts: Parameters<typeof casesOf>[0]) {
  const found = casesOf(alerts).find(context => context.case.id === id)
  if (found === undefined)
    throw new AppError('bad-usage', `there is no case ${id} in the data; 'tocsin triage' lists them`)
  return found.alerts
}
