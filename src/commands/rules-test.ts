import { AppError, messageOf } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { fromByteText, toByteText } from '../wazuh-rules/byte-text.ts'
import { fastPrefilter } from '../wazuh-rules/fast-prefilter.ts'
import { type IniTest, iniTestPasses, parseIniTests, windowsRulesFromJson } from '../wazuh-rules/ini-tests.ts'
import { loadRuleset, type Ruleset } from '../wazuh-rules/ruleset.ts'
import { Session, type SessionOptions } from '../wazuh-rules/session.ts'
import { verdictRecord } from '../wazuh-rules/verdict-record.ts'
import { type Io, readArgs, readInput, writeRecord } from './command.ts'
import { logClock } from './log-clock.ts'
import { readRulesetFolder } from './ruleset-folder.ts'

/** A Wednesday at noon: a moment at which no rule on working hours fires, the same for every run. */
const standardInstant = '2026-01-07T12:00:00Z'

/** `tocsin rules test`: logs or Wazuh's own test files through a ruleset. */
export async function rulesTest(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = readArgs(args, {
    allowPositionals: true,
    options: {
      ruleset: { type: 'string' },
      logs: { type: 'string', multiple: true },
      ini: { type: 'string', multiple: true },
      location: { type: 'string', default: 'stdin' },
      agent: { type: 'string' },
      clock: { type: 'string', default: 'still' },
      exclude: { type: 'string', multiple: true },
      at: { type: 'string', default: standardInstant },
      json: { type: 'boolean' },
    },
  })
  const folder = values.ruleset
  if (folder === undefined) throw new AppError('bad-usage', '--ruleset DIR is missing')
  if (values.clock !== 'still' && values.clock !== 'log')
    throw new AppError('bad-usage', `--clock ${values.clock} is neither still nor log`)
  const atMs = Date.parse(values.at)
  if (Number.isNaN(atMs))
    throw new AppError('bad-usage', `--at ${values.at} is not a time such as ${standardInstant}`)
  const options = { location: values.location, agent: readAgent(values.agent), managerName: 'localhost' }
  const clock = { kind: values.clock, seconds: Math.floor(atMs / 1000) } as const
  if (values.ini) {
    const files = [...values.ini, ...positionals]
    return testIniFiles(
      files,
      loadFolder(folder, values.exclude, true, io),
      { ...options, agent: undefined },
      clock.seconds,
      io,
    )
  }
  if (values.logs === undefined) throw new AppError('bad-usage', '--logs FILE or --ini FILE... is missing')
  const ruleset = loadFolder(folder, values.exclude, false, io)
  const files = [...values.logs, ...positionals]
  // Each file is a session of its own; with several, each record says which it is of.
  for (const file of files) await testLogs(file, ruleset, options, clock, files.length > 1, io)
  return 0
}

function readAgent(text: string | undefined): SessionOptions['agent'] {
  if (text === undefined) return undefined
  const [id, name, ip = 'any', ...rest] = text.split(',')
  if (!id || !name || rest.length > 0) throw new AppError('bad-usage', `--agent ${text} is not ID,NAME,IP`)
  return { id: toByteText(id), name: toByteText(name), ip: toByteText(ip) }
}

function loadFolder(
  folder: string,
  excluded: readonly string[] | undefined,
  forIni: boolean,
  io: Io,
): Ruleset {
  const files = readRulesetFolder(folder, excluded)
  const { ruleset, problems } = loadRuleset(files, forIni ? { adaptRule: windowsRulesFromJson } : {})
  for (const { message, where } of problems) io.stderr(`${where ?? folder}: ${message}\n`)
  return ruleset
}

async function testLogs(
  path: string,
  ruleset: Ruleset,
  options: SessionOptions,
  clock: { readonly kind: 'still' | 'log'; readonly seconds: number },
  named: boolean,
  io: Io,
): Promise<void> {
  const lines = (await readInput(path, io)).toString('latin1').split('\n')
  if (lines.at(-1) === '') lines.pop()
  const session = new Session(ruleset, {
    ...options,
    location: toByteText(options.location),
    prefilter: fastPrefilter(),
  })
  const timeOf = clock.kind === 'log' ? logClock(clock.seconds) : () => clock.seconds
  for (const [index, raw] of lines.entries()) {
    if (io.signal.aborted) return
    const log = raw.endsWith('\r') ? raw.slice(0, -1) : raw
    const end = log.indexOf('\0')
    const record = verdictRecord(session.process(end < 0 ? log : log.slice(0, end), timeOf(log)))
    const problems =
      end < 0 ? [] : [{ code: 'nul-byte', message: 'the log ends at its first NUL byte, as in Wazuh' }]
    writeRecord(io, {
      ...(named ? { file: path } : {}),
      line: index + 1,
      log: fromByteText(log),
      ...record,
      decoder: { name: null, parent: null, ...record.decoder }, // Absent is null, in here too.
      problems,
    })
  }
}

async function testIniFiles(
  paths: readonly string[],
  ruleset: Ruleset,
  options: SessionOptions,
  seconds: number,
  io: Io,
): Promise<number> {
  const prefilter = fastPrefilter()
  let failed = 0
  let missing = 0
  let total = 0
  let unreadable = false
  for (const file of paths) {
    let text: string
    try {
      text = (await readInput(file, io)).toString('utf8')
    } catch (error) {
      io.signal.throwIfAborted()
      unreadable = true
      io.stderr(`tocsin rules: ${messageOf(error)}\n`)
      const none = { rule: '', level: '', decoder: '' }
      const problems = [problem('unreadable-input', messageOf(error))]
      writeRecord(io, {
        file,
        section: null,
        name: null,
        expected: none,
        actual: none,
        pass: false,
        problems,
      })
      continue
    }
    for (const test of parseIniTests(text)) {
      const { section, name, expected } = test
      const actual = runIniTest(test, new Session(ruleset, { ...options, prefilter }), seconds)
      const pass = iniTestPasses(test, actual)
      total++
      if (!pass) failed++
      const problems = pass ? [] : missingParts(test, ruleset)
      if (problems.length > 0) missing++
      writeRecord(io, { file, section, name, expected, actual, pass, problems })
    }
  }
  io.stderr(`${total - failed} of ${total} cases pass\n`)
  if (missing > 0)
    io.stderr(
      `${missing} of the ${failed} others expect rules that the ruleset does not have (see their problems)\n`,
    )
  if (unreadable) return 2
  return failed > 0 ? 1 : 0
}

/** What the case stands on that is not in the ruleset: it can then never pass, whatever the engine does. */
function missingParts({ expected, section }: IniTest, ruleset: Ruleset): Problem[] {
  if (expected.rule === '' || ruleset.rules.byId.has(Number(expected.rule))) return []
  const message = `rule ${expected.rule} is not in the ruleset: add the file that defines it to rules/ and its decoders to decoders/`
  // GeoIP fields come from a database of addresses that a ruleset does not hold, and analysisd reads none by default.
  const geoip = /geoip/.test(section) ? '; it tests GeoIP fields, which need a database as well' : ''
  return [problem('rule-not-loaded', message + geoip)]
}

function runIniTest(
  test: IniTest,
  session: Session,
  seconds: number,
): { readonly rule: string; readonly level: string; readonly decoder: string } {
  let actual = { rule: '', level: '', decoder: '' }
  for (const log of test.logs) {
    const record = verdictRecord(session.process(toByteText(log), seconds))
    actual = {
      rule: record.rule_id ?? '',
      level: record.level === null ? '' : String(record.level),
      decoder: record.decoder.name ?? '',
    }
  }
  return actual
}
