import { AppError, messageOf } from '../lib/app-error.ts'
import { parseJsonDocuments } from '../lib/json-documents.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { SigmaEngine } from '../sigma/sigma-engine.ts'
import { parseSigma, type SigmaDocument } from '../sigma/sigma-rule.ts'
import { type Command, type Io, readArgs, readInput, writeRecord } from './command.ts'
import { filesNamed } from './files-below.ts'

/** `tocsin sigma test`. */
export const command: Command = {
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
    const { documents, code: ruleCode } = await readRules(values.rules, io, json)
    const engine = new SigmaEngine(documents)
    let code = ruleCode
    for (const file of filesNamed(
      [values.events],
      line => io.stderr(`tocsin sigma: ${line}`),
      name => /\.(json|ndjson|jsonl)(\.gz)?$/i.test(name),
    )) {
      const text = await readText(file, io)
      if (text.kind === 'unreadable') {
        code = 2
        report(io, json, file, text.problem)
        continue
      }
      const { value: events, problems } = parseJsonDocuments(text.text)
      for (const entry of problems) {
        code = Math.max(code, 1)
        report(io, json, file, entry)
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
    return code
  },
}

type ReadText =
  | { readonly kind: 'read'; readonly text: string }
  | { readonly kind: 'unreadable'; readonly problem: Problem }

async function readText(file: string, io: Io): Promise<ReadText> {
  try {
    return { kind: 'read', text: (await readInput(file, io)).toString('utf8') }
  } catch (error) {
    io.signal.throwIfAborted()
    return { kind: 'unreadable', problem: problem('unreadable-input', messageOf(error), file) }
  }
}

/** Trouble with a file of events, or with one of rules (`event` is null). */
function report(io: Io, json: boolean, event: string | null, entry: Problem): void {
  if (json) writeRecord(io, { rule_id: null, event, index: null, match: false, problems: [entry] })
  // What is wrong with a whole file names it already.
  const place = entry.code === 'unreadable-input' ? [] : [event, entry.where].filter(each => each != null)
  io.stderr(`tocsin sigma: ${[...place, entry.message].join(': ')}\n`)
}

async function readRules(
  path: string,
  io: Io,
  json: boolean,
): Promise<{ documents: SigmaDocument[]; code: number }> {
  const documents: SigmaDocument[] = []
  let code = 0
  for (const file of filesNamed(
    [path],
    line => io.stderr(`tocsin sigma: ${line}`),
    name => /\.ya?ml$/i.test(name),
  )) {
    const text = await readText(file, io)
    if (text.kind === 'unreadable') {
      code = 2
      report(io, json, null, text.problem)
      continue
    }
    for (const document of parseSigma(text.text)) {
      documents.push(document)
      for (const entry of document.problems)
        io.stderr(`tocsin sigma: ${[file, entry.where ?? [], entry.message].flat().join(': ')}\n`)
      if (document.content !== undefined) continue
      code = Math.max(code, 1)
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
  return { documents, code }
}
