import { z } from 'zod'
import { AppError } from '../lib/app-error.ts'
import type { RuleTally } from '../wazuh-rules/rule-backtest.ts'
import { loadRuleset, type RulesetFile } from '../wazuh-rules/ruleset.ts'
import { BacktestRun, parseJsonLine, type Rulesets } from './backtest-run.ts'
import { type BacktestSource, fileSource, indexerSource, settingsIndexer } from './backtest-source.ts'
import { backtestState } from './backtest-state.ts'
import { type Io, readArgs, readInput, writeRecord } from './command.ts'
import { readLines } from './read-lines.ts'
import { readRulesetFolder } from './ruleset-folder.ts'

/** `tocsin rules backtest`: what drafted rules would have done on past logs or alerts. */
export async function rulesBacktest(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: {
      ruleset: { type: 'string' },
      logs: { type: 'string' },
      alerts: { type: 'string' },
      verdicts: { type: 'string' },
      state: { type: 'string' },
      index: { type: 'string' },
      from: { type: 'string' },
      to: { type: 'string' },
      location: { type: 'string', default: 'stdin' },
      json: { type: 'boolean' },
    },
  })
  const input = values.alerts ?? values.logs
  if (values.ruleset === undefined) throw new AppError('bad-usage', '--ruleset DIR is missing')
  if (positionals.length === 0) throw new AppError('bad-usage', 'say which draft to back-test')
  if (input === undefined || (values.alerts !== undefined && values.logs !== undefined))
    throw new AppError('bad-usage', 'give either --alerts FILE|indexer or --logs FILE|indexer')
  const rulesets = await loadBoth(values.ruleset, positionals, io)
  const verdicts = values.verdicts === undefined ? new Map() : await readVerdicts(values.verdicts, io)
  const kind = values.alerts === undefined ? 'logs' : 'alerts'
  const source = sourceOf(input, kind, values, io)
  const state = backtestState(values.state, source.key, positionals)
  const run = new BacktestRun(rulesets, verdicts, values.location, state.load())
  // Documents of the indexer are hits, archives too: their logs are in them.
  await run.all(source, input === 'indexer' ? 'alerts' : kind, io, progress => state.save(progress))
  const result = run.result()
  for (const tally of result.tallies) {
    if (values.json) writeRecord(io, { ...tally, problems: [] })
    else printTally(io, tally)
  }
  const { lines, impossible, microseconds } = result
  const summary = {
    summary: true,
    lines,
    impossible,
    cost_us_per_log: microseconds,
    problems: result.problems,
  }
  if (values.json) writeRecord(io, summary)
  else
    io.stdout(
      `${lines} ${kind}, ${impossible} could not be replayed${microseconds === undefined ? '' : `, ${microseconds} µs a log more than before`}\n`,
    )
  return 0
}

/** `indexer` is the one that the settings name: its alerts, or with --logs its archives. */
function sourceOf(
  input: string,
  kind: 'logs' | 'alerts',
  window: {
    readonly index?: string | undefined
    readonly from?: string | undefined
    readonly to?: string | undefined
  },
  io: Io,
): BacktestSource {
  const { index, from, to } = window
  if (input !== 'indexer') {
    if (index !== undefined || from !== undefined || to !== undefined)
      throw new AppError('bad-usage', '--index, --from and --to go with the indexer')
    return fileSource(input, io)
  }
  for (const time of [from, to])
    if (time !== undefined && Number.isNaN(Date.parse(time)))
      throw new AppError('bad-usage', `'${time}' is not a time such as 2026-01-31T12:00:00Z`)
  const standard = kind === 'alerts' ? 'wazuh-alerts-4.x-*' : 'wazuh-archives-4.x-*'
  return indexerSource(settingsIndexer(io), { index: index ?? standard, from, to }, io)
}

async function loadBoth(folder: string, drafts: readonly string[], io: Io): Promise<Rulesets> {
  const base = readRulesetFolder(folder)
  const files: RulesetFile[] = []
  for (const name of drafts) files.push({ name, text: (await readInput(name, io)).toString('utf8') })
  const isDecoders = (file: RulesetFile) => /<decoder[\s>]/.test(file.text)
  const { ruleset: before } = loadRuleset(base)
  const { ruleset: after, problems } = loadRuleset({
    decoders: [...base.decoders, ...files.filter(isDecoders)],
    rules: [...base.rules, ...files.filter(file => !isDecoders(file))],
    lists: base.lists,
  })
  const ownProblems = problems.filter(({ where }) => drafts.some(name => where?.startsWith(`${name}: `)))
  for (const { where, message } of ownProblems) io.stderr(`${where}: ${message}\n`)
  const watched = after.rules.rules.flatMap(rule =>
    drafts.includes(rule.body.file) ? [String(rule.id)] : [],
  )
  if (watched.length === 0 || ownProblems.length > 0)
    throw new AppError('draft-refused', 'the draft does not load: `tocsin rules check` says what is wrong')
  return { before, after, watched }
}

/** Verdicts by alert id: `{id, verdict}` records, or the case records of `tocsin triage`. */
export async function readVerdicts(path: string, io: Io): Promise<Map<string, string>> {
  const judged = z.object({ id: z.string(), verdict: z.string() })
  const record = z.union([judged, z.object({ alerts: z.array(judged) })])
  const verdicts = new Map<string, string>()
  for await (const line of readLines(path, io)) {
    const parsed = record.safeParse(parseJsonLine(line))
    if (!parsed.success) continue
    const rows = 'alerts' in parsed.data ? parsed.data.alerts : [parsed.data]
    for (const { id, verdict } of rows) verdicts.set(id, verdict)
  }
  return verdicts
}

function printTally(io: Io, tally: RuleTally): void {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort(([, a], [, b]) => b - a)
      .slice(0, 10)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ')
  io.stdout(`rule ${tally.rule_id}: ${tally.hits} hits\n`)
  if (tally.hits === 0) return
  io.stdout(`  hosts     ${list(tally.by_host)}\n  days      ${list(tally.by_day)}\n`)
  io.stdout(`  verdicts  ${list(tally.against)}\n  instead of rule ${list(tally.instead_of)}\n`)
  for (const { source, log } of tally.examples) io.stdout(`  example   ${source}: ${log}\n`)
}
