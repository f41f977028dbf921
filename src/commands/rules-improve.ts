import { dataDirectory } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { count } from '../lib/count.ts'
import { storedAttack } from '../main/stored-knowledge.ts'
import { coveringWazuhRules, techniqueCoverage } from '../rule-drafts/technique-coverage.ts'
import { tuneException } from '../rule-drafts/tune-exception.ts'
import { findDeadRules } from '../wazuh-rules/lint-tree.ts'
import { loadRuleset } from '../wazuh-rules/ruleset.ts'
import { placeText } from '../wazuh-rules/xml.ts'
import { type Io, knowledgeOption, readArgs, writeRecord } from './command.ts'
import { readPastEvents } from './past-events.ts'
import { readVerdicts } from './rules-backtest.ts'
import { readRulesetFolder } from './ruleset-folder.ts'

/** `tocsin rules coverage`: the ATT&CK techniques that the alerting rules of a ruleset name. */
export async function rulesCoverage(args: readonly string[], io: Io): Promise<number> {
  const { values } = readArgs(args, {
    options: {
      ruleset: { type: 'string' },
      seen: { type: 'string', multiple: true },
      ...knowledgeOption,
      json: { type: 'boolean' },
    },
  })
  const { ruleset } = loadRuleset(readRulesetFolder(required(values.ruleset)))
  const seen = new Map<string, number>()
  for (const id of values.seen ?? []) seen.set(id, (seen.get(id) ?? 0) + 1)
  const { techniques, unknown } = techniqueCoverage(
    coveringWazuhRules(ruleset.rules.rules),
    seen,
    storedAttack(dataDirectory(values.data)).added,
  )
  for (const row of techniques) {
    if (values.json) writeRecord(io, row)
    else
      io.stdout(
        `${row.state.padEnd(12)} ${row.id.padEnd(10)} ${row.name}: ${count(row.rules.length, 'rule')}, seen ${row.seen}\n`,
      )
  }
  if (values.json) writeRecord(io, { summary: true, techniques: techniques.length, unknown })
  else if (unknown.length > 0) io.stdout(`not of ATT&CK: ${unknown.join(', ')}\n`)
  return 0
}

/** `tocsin rules dead`: rules that can never fire. Exit 1 where there are any. */
export async function rulesDead(args: readonly string[], io: Io): Promise<number> {
  const { values } = readArgs(args, { options: { ruleset: { type: 'string' }, json: { type: 'boolean' } } })
  const { ruleset } = loadRuleset(readRulesetFolder(required(values.ruleset)))
  const dead = findDeadRules(ruleset.rules, ruleset.decoders)
  for (const { rule, kind, reason } of dead) {
    const where = `${rule.body.file}: ${placeText(rule.body.place)}`
    if (values.json) writeRecord(io, { rule_id: String(rule.id), kind, reason, where })
    else io.stdout(`${where}: rule ${rule.id} can never fire: ${reason}\n`)
  }
  return dead.length > 0 ? 1 : 0
}

/** `tocsin rules tune`: an exception for a noisy rule, drawn from verdicts, with its measured effect. */
export async function rulesTune(args: readonly string[], io: Io): Promise<number> {
  const { values } = readArgs(args, {
    options: {
      ruleset: { type: 'string' },
      rule: { type: 'string' },
      alerts: { type: 'string' },
      verdicts: { type: 'string' },
      id: { type: 'string', default: '100000' },
      json: { type: 'boolean' },
    },
  })
  if (values.alerts === undefined || values.verdicts === undefined || !/^\d+$/.test(values.rule ?? ''))
    throw new AppError('bad-usage', '--rule ID, --alerts FILE and --verdicts FILE are needed')
  const files = readRulesetFolder(required(values.ruleset))
  const { ruleset } = loadRuleset(files)
  const past = await readPastEvents(
    values.alerts,
    ruleset.decoders,
    await readVerdicts(values.verdicts, io),
    io,
  )
  const tuned = tuneException(Number(values.rule), Number(values.id), past, files)
  if (values.json) writeRecord(io, { rule_id: values.rule, exception: tuned ?? null, problems: [] })
  else if (!tuned) io.stdout('the noise has nothing in common that the other alerts have not\n')
  else
    io.stdout(
      `${tuned.text}<!-- quiets ${tuned.quieted} alerts, leaves ${tuned.left}, hides ${tuned.hidden} others -->\n`,
    )
  return tuned ? 0 : 1
}

function required(folder: string | undefined): string {
  if (folder === undefined) throw new AppError('bad-usage', '--ruleset DIR is missing')
  return folder
}
