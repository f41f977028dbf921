import { AppError } from '../lib/app-error.ts'
import type { Command, Io } from './command.ts'
import { optimiseLate } from './optimise-late.ts'

type Subcommand = (args: readonly string[], io: Io) => Promise<number>

/** Every subcommand: one file, one line here. Loaded when called. */
const subcommands: Record<string, () => Promise<Subcommand>> = {
  ci: async () => (await import('./rules-code.ts')).rulesCi,
  convert: async () => (await import('./rules-convert.ts')).rulesConvert,
  backtest: async () => (await import('./rules-backtest.ts')).rulesBacktest,
  check: async () => (await import('./rules-check.ts')).rulesCheck,
  coverage: async () => (await import('./rules-improve.ts')).rulesCoverage,
  dead: async () => (await import('./rules-improve.ts')).rulesDead,
  tune: async () => (await import('./rules-improve.ts')).rulesTune,
  export: async () => (await import('./rules-code.ts')).rulesExport,
  import: async () => (await import('./rules-code.ts')).rulesImport,
  migrate: async () => (await import('./rules-migrate.ts')).rulesMigrate,
  test: async () => (await import('./rules-test.ts')).rulesTest,
}

/** `tocsin rules`: detection rules, checked and proven without a manager. */
export const command: Command = {
  usage: `tocsin rules check FILE... [--ruleset DIR] [--json]
tocsin rules test --ruleset DIR --logs FILE... [--location L] [--agent ID,NAME,IP] [--clock still|log] [--at TIME] [--json]
tocsin rules test --ruleset DIR --ini FILE... [--json]
tocsin rules backtest DRAFT... --ruleset DIR (--alerts | --logs) FILE|indexer [--verdicts FILE] [--state FILE]
                      [--index PATTERN] [--from TIME] [--to TIME] [--json]
tocsin rules convert SIGMA... --to wazuh|opensearch|lucene|wcs [--first-id ID] [--json]
tocsin rules tune --ruleset DIR --rule ID --alerts FILE --verdicts FILE [--id NEW] [--json]
tocsin rules dead --ruleset DIR [--json]
tocsin rules coverage --ruleset DIR [--seen TECHNIQUE...] [--json]
tocsin rules ci DIR [--ruleset DIR] [--corpus DIR]... [--since REVISION] [--json]
tocsin rules export DIR --server URL [--all] [--commit MESSAGE]
tocsin rules import DIR --server URL [--since REVISION] [--json]
tocsin rules migrate FILE|DIR... --ruleset DIR [--logs FILE] [--out DIR] [--json]

check finds out what each file is (Wazuh rules, decoders or list, Sigma, YARA) and says what is wrong with it and where.
With --ruleset, Wazuh files are checked together with the ruleset they are to join.
test runs logs, or Wazuh's own .ini tests, through a ruleset.
backtest tells what drafted rules would have done on past logs or alerts: hits by host and day, against which verdicts,
instead of which rules, with examples.
convert writes Sigma rules as Wazuh rules, indexer queries or Wazuh 5 documents, and says what cannot be said there.
Correlations become rules with frequency and timeframe, or searches with aggregations, together with the rules they count.
tune draws an exception for a noisy rule from alerts that people called noise, and measures it.
dead lists rules that can never fire; coverage the ATT&CK techniques that rules name, and gaps against those --seen.
ci checks and tests a folder of detections as code: wazuh/*.xml, decoders/*.xml, lists/*, sigma/*.yml, yara/*.yar, and
tests/NAME.json for each
({title, cases: [{log, fires}], samples: [{file, must_match}]}). export and import move them between such a folder (with
--commit a git repository) and a running Tocsin, with the API token in TOCSIN_API_TOKEN; what is imported is a draft there.
migrate writes custom rules and decoders of Wazuh 4 as Sigma rules over the fields of Wazuh 5, says what cannot be carried
over, and with --logs shows on which logs both find the same.

  --ruleset DIR   folder with decoders/, rules/ and lists/
  --logs FILE     one log a line ('-' is standard input, .gz is read); one session a file
  --ini FILE...   Wazuh ruleset tests
  --location L    where the logs come from (default: stdin)
  --agent ...     the agent that sent them (default: the manager itself)
  --exclude FILE  rule files to leave out (default, as in Wazuh: 0215-policy_rules.xml)
  --clock log     let the time follow the logs' own timestamps; still: all logs arrive in the same second
  --at TIME       that second (default: a Wednesday at noon, UTC)
  --alerts FILE   past alerts, one a line, bare or as the indexer gives them
  indexer         in place of a file: the alerts, or with --logs the archives, of the indexer that the settings name
  --index PATTERN its indices (default: wazuh-alerts-4.x-* or wazuh-archives-4.x-*); --from and --to bound the time
  --verdicts FILE verdicts by alert id: {id, verdict} a line, or what \`tocsin triage --json\` wrote
  --state FILE    where a backtest keeps how far it came, to go on from there
  --corpus DIR    clean files that no YARA rule may match
  --since REV     only what differs from this commit
  --data DIR      for check, coverage and ci: the data directory that 'tocsin knowledge import' wrote to (default: that of 'tocsin up')
  --json          one JSON record a file, log or case on standard output

Exit codes: 0 done, 1 a check or test failed, 2 bad usage or unreadable input.
`,
  async run(args, io) {
    const [name = '', ...rest] = args
    const load = Object.hasOwn(subcommands, name) ? subcommands[name] : undefined
    if (!load)
      throw new AppError('bad-usage', name === '' ? 'a subcommand is missing' : `there is no 'rules ${name}'`)
    optimiseLate()
    return (await load())(rest, io)
  },
}
