import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { isOwnEnrichment } from '../../src/domain/own-enrichment.ts'
import { enrichmentEvent } from '../../src/publish/enrichment-event.ts'
import { sharedData } from '../support/shared-data.ts'
import { wazuhAlert } from '../support/wazuh-alert.ts'

// The rules that we ship, among Wazuh's own 4.14 ruleset, evaluated by our engine of Wazuh's semantics.
const root = resolve(import.meta.dirname, '..', '..')
const stock = sharedData('wazuh-ruleset')
let ruleset = ''

beforeAll(() => {
  if (stock === undefined) return
  ruleset = mkdtempSync(join(tmpdir(), 'tocsin-ruleset-'))
  for (const folder of ['rules', 'decoders', 'lists'])
    cpSync(join(stock, folder), join(ruleset, folder), { recursive: true, mode: 0 })
  execFileSync('chmod', ['-R', 'u+w', ruleset])
  const ours = join(root, 'deploy/wazuh/rules')
  for (const name of readdirSync(ours)) copyFileSync(join(ours, name), join(ruleset, 'rules', `zz_${name}`))
})
afterAll(() => {
  if (ruleset !== '') rmSync(ruleset, { recursive: true, force: true })
})

interface Answer {
  readonly decoder: { readonly name: string } | null
  readonly rule_id: string | null
  readonly level: number | null
  readonly description: string | null
  readonly data: object
}

function evaluate(logs: readonly string[], location: string, ...more: readonly string[]): Answer[] {
  const args = [
    join(root, 'src/run-cli.ts'),
    'rules',
    'test',
    '--ruleset',
    ruleset,
    '--logs',
    '-',
    '--location',
    location,
    ...more,
    '--json',
  ]
  const output = execFileSync(process.execPath, args, {
    input: `${logs.join('\n')}\n`,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  return output
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}

it.skipIf(stock === undefined)('turn what endpoints report into alerts', () => {
  const report = (fields: Record<string, string>) =>
    `2026/11/24 10:00:00 active-response/bin/tocsin-respond: ${JSON.stringify({ tocsin: fields })}`
  const answers = evaluate(
    [
      report({ event: 'yara_match', rule: 'web_shell', path: '/var/www/x.php', sha256: 'a'.repeat(64) }),
      report({ event: 'yara_clean', path: '/var/www/y' }),
      report({ event: 'yara_skipped', path: '/var/www/z', detail: 'gone' }),
      report({
        event: 'action',
        proposal: 'proposal_1',
        action: 'quarantine-file',
        result: 'done',
        detail: 'quarantined',
      }),
      report({
        event: 'action',
        proposal: 'proposal_1',
        action: 'delete-file',
        result: 'refused',
        detail: 'another SHA-256',
      }),
      report({ event: 'rules_refused', detail: 'no signature' }),
    ],
    '/var/ossec/logs/active-responses.log',
  )
  expect(answers.map(answer => [answer.decoder?.name, answer.rule_id, answer.level])).toEqual([
    ['ar_log_json', '100921', 12],
    ['ar_log_json', '100922', 3],
    ['ar_log_json', '100923', 5],
    ['ar_log_json', '100924', 3],
    ['ar_log_json', '100925', 8],
    ['ar_log_json', '100927', 10],
  ])
  expect(answers[0]?.description).toBe('YARA rule web_shell matches /var/www/x.php')
})

it.skipIf(stock === undefined)(
  'turn an enrichment into an alert that says whether a person has looked',
  () => {
    const draft = { id: 'case_1', severity: 'high', revision: 1, alertCount: 1 } as never // Only these are read.
    const brief = {
      origin: { kind: 'computed' },
      headline: 'Log-ons failed',
      claims: [],
      verdict: 'undetermined',
      confidence: 0.5,
      reasons: [],
      techniques: [],
      nextSteps: [],
      unknowns: [],
    } as const
    const event = (review: Parameters<typeof enrichmentEvent>[0]['review']) =>
      JSON.stringify(
        enrichmentEvent({
          case: draft,
          brief,
          review,
          alertIds: ['1.2'],
          caseUrl: 'https://tocsin.example/cases/case_1',
        }),
      )
    const answers = evaluate(
      [
        event({ kind: 'not-needed' }),
        event({ kind: 'pending' }),
        event({ kind: 'validated', by: 'Ana', atMs: 0 }),
        event({ kind: 'rejected', by: 'Ana', atMs: 0 }),
      ],
      'custom-tocsin',
    )
    expect(answers.map(answer => [answer.decoder?.name, answer.rule_id])).toEqual([
      ['json', '100901'],
      ['json', '100902'],
      ['json', '100903'],
      ['json', '100904'],
    ])
    expect(answers[2]?.description).toBe('Tocsin (validated by Ana): Log-ons failed')
    // From the server API, and from the socket about an agent; what comes of it is not taken in again.
    for (const [location, ...more] of [
      ['API-Webhook'],
      ['custom-tocsin'],
      ['custom-tocsin', '--agent', '001,web-01,10.0.0.5'],
    ] as const) {
      const [answer] = evaluate([event({ kind: 'pending' })], location, ...more)
      expect(answer?.rule_id).toBe('100902')
      const rule = ['100902', 3, 'Tocsin', ['local']] as const
      expect(isOwnEnrichment(wazuhAlert({ rule, data: answer?.data ?? {}, location }))).toBe(true)
    }
    // A line in a log that only says so goes to the rules that it would go to without ours.
    const eve = JSON.stringify({
      integration: 'custom-tocsin',
      tocsin: { review: 'pending' },
      timestamp: 'x',
      event_type: 'alert',
      alert: { signature: 's' },
    })
    for (const location of ['/var/log/eve.json', '/var/log/custom-tocsin', 'API-Webhook.json']) {
      const [answer] = evaluate([eve], location)
      expect(answer?.rule_id).toBe('86601')
      const rule = ['86601', 3, 'Suricata', ['suricata']] as const
      expect(isOwnEnrichment(wazuhAlert({ rule, data: answer?.data ?? {}, location }))).toBe(false)
    }
  },
)

it.skipIf(stock === undefined)(
  'start a scan of a program that is run from where programs are dropped',
  () => {
    const executed = (exe: string) =>
      `type=SYSCALL msg=audit(1624643172.076:11843): arch=c000003e syscall=59 success=yes exit=0 a0=1 a1=2 a2=3 a3=4 items=2 ppid=4353 pid=13331 auid=1000 uid=1000 gid=1000 euid=1000 suid=1000 fsuid=1000 egid=1000 sgid=1000 fsgid=1000 tty=pts0 ses=48 comm="x" exe="${exe}" key="tocsin"`
    const paths = [
      '/tmp/x',
      '/dev/shm/.a/b',
      '/var/www/html/up',
      '/home/ana/.cache/run',
      '/usr/bin/ls',
      '/opt/app/app',
    ]
    const ids = evaluate(paths.map(executed), '/var/log/audit/audit.log').map(
      each => each.rule_id === '100933',
    )
    expect(ids).toEqual([true, true, true, true, false, false])
    // Windows events have no log line: they are replayed from their fields.
    const execution = (image: string, index: number) => {
      const system = {
        providerName: 'Microsoft-Windows-Sysmon',
        eventID: '1',
        channel: 'Microsoft-Windows-Sysmon/Operational',
        severityValue: 'INFORMATION',
      }
      const eventdata = { image: image.replaceAll('\\', '\\\\') }
      return JSON.stringify({
        id: String(index),
        decoder: { name: 'windows_eventchannel' },
        data: { win: { system, eventdata } },
      })
    }
    const images = [
      'C:\\Users\\ana\\Downloads\\x.exe',
      'C:\\ProgramData\\x.exe',
      'C:\\Windows\\System32\\notepad.exe',
    ]
    const alerts = join(ruleset, 'executions.ndjson')
    writeFileSync(alerts, `${images.map(execution).join('\n')}\n`)
    const args = ['src/run-cli.ts', 'rules', 'backtest', 'deploy/wazuh/rules/tocsin_response_rules.xml', '--ruleset', stock ?? '', '--alerts', alerts, '--json'] // biome-ignore format: a list
    const output = execFileSync(process.execPath, args, { cwd: root, encoding: 'utf8' })
    const tallies = output
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(tallies.find(({ rule_id }) => rule_id === '100934')).toMatchObject({ hits: 2 })
  },
)
