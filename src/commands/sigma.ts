import { AppError } from '../lib/app-error.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { SigmaEngine } from '../sigma/sigma-engine.ts'
import { parseSigma, type SigmaDocument } from '../sigma/sigma-rule.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { filesBelow } from './files-below.ts'

/** `tocsin sigma test`. */
export const command: Command = {
  summary: 'evaluate Sigma rules on events',
  usage: `tocsin sigma test --rules FILE|DIR --events FILE|DIR [--json]

Evaluates every rule and correlation of --rules (.yml, .yaml) on every event of --events (.json, .ndjson, .jsonl, each
also .gz; JSON values one after the other, an array, or one a line). Windows events as evtx tools print them,
Winlogbeat, Wazuh alerts and flat events are understood. One session: correlations count over all events in order.

  --json   one record a rule and event: {rule_id, event, index, match, problems[]}; without it, matches only

Exit codes: 0 done, 1 a rule or an event could not be read, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: { rules: { type: 'string' }, events: { type: 'string' }, json: { type: 'boolean' } },
    })
    if (positionals.join(' ') !== 'test') throw new AppError('bad-usage', 'say `sigma test`')
    if (values.rules === undefined || values.events === undefined)
      throw new AppError('bad-usage', '--rules and --events are both needed')
    const json = values.json ?? false
    const { documents, failed: ruleFailed } = await readRules(values.rules, io, json)
    const engine = new SigmaEngine(documents)
    let failed = ruleFailed
    for (const file of filesBelow(values.events, name => /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name))) {
      const { value: events, problems } = parseJsonDocuments((await readInput(file, io)).toString('utf8'))
      for (const entry of problems) {
        failed = true
        if (json)
          writeRecord(io, { rule_id: null, event: file, index: null, match: false, problems: [entry] })
        io.stderr(`tocsin: ${file}: ${entry.where}: ${entry.message}\n`)
      }
      for (const [index, event] of events.entries()) {
        for (const result of engine.evaluate(event)) {
          if (json)
            writeRecord(io, {
              rule_id: result.ruleId,
              event: file,
              index,
              match: result.match,
              problems: result.problems,
            })
          else if (result.match) io.stdout(`${result.ruleId} matches ${file} (event ${index + 1})\n`)
        }
      }
    }
    return failed ? 1 : 0
  },
}

async function readRules(
  path: string,
  io: Io,
  json: boolean,
): Promise<{ documents: SigmaDocument[]; failed: boolean }> {
  const documents: SigmaDocument[] = []
  let failed = false
  for (const file of filesBelow(path, name => /\.ya?ml$/i.test(name))) {
    for (const document of parseSigma((await readInput(file, io)).toString('utf8'))) {
      documents.push(document)
      for (const entry of document.problems)
        io.stderr(`tocsin: ${file}: ${entry.where ?? ''} ${entry.message}\n`)
      if (document.content !== undefined) continue
      failed = true
      if (json)
        writeRecord(io, {
          rule_id: null,
          event: null,
          index: null,
          match: false,
          problems: document.problems.map(entry => ({ ...entry, where: `${file}: ${entry.where ?? ''}` })),
        })
    }
  }
  return { documents, failed }
}
