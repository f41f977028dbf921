import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { runCommand } from './support/run-command.ts'
import { wazuhLine } from './support/wazuh-alert.ts'

// What scripts of others rely on of the commands that work offline: the members of every record with their types, one record an
// input, the same from a file, from one that is packed and from standard input, and no trace left anywhere. What is in the
// records is in each command's own test.

const folder = mkdtempSync(join(tmpdir(), 'tocsin-contract-'))
const inFolder = (name: string) => join(folder, name)
const connect = vi.spyOn(Socket.prototype, 'connect')
beforeAll(() => {
  vi.stubEnv('TOCSIN_DATA', inFolder('data'))
  vi.stubEnv('TOCSIN_ALERTS_FILE', 'off')
})
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(folder, { recursive: true })
})

const alerts = ['1770000000.1', '1770000001.2']
  .map(id =>
    wazuhLine({
      id,
      rule: ['5712', 10, 'sshd: brute force trying to get access to the system.', ['sshd']],
      techniques: ['T1110'],
      data: { srcip: '203.0.113.9', srcuser: 'root' },
      log: 'Failed password for root from 203.0.113.9',
    }),
  )
  .join('\n')
const sigma =
  'title: t\nid: 0b9ad457-0000-4000-8000-d56a99c42377\nstatus: test\nlogsource: {product: windows, category: process_creation}\n' +
  'detection: {s: {CommandLine|contains: bad}, condition: s}\nlevel: high\n'
/** Inputs by name. 😀 is two UTF-16 units and one code point: offsets show which was counted. */
const inputs: Readonly<Record<string, string>> = {
  'alerts.ndjson': alerts,
  'report.txt':
    '😀 report\nTLP:GREEN\n10.1.2.3 spoke to evil-a[.]com with rundll32 (T1218.011), CVE-2026-1234',
  'mail.eml':
    'From: Ann <a@b.example>\nTo: c@d.example\nSubject: x\nMessage-ID: <m@x>\n\n😀 https://evil-a.example/login password\n',
  'events.ndjson': '{"CommandLine":"bad x"}\n{"CommandLine":"fine"}\n',
  'rule.yml': sigma,
  'rule.yar': 'rule word : tag { meta: a = "b" n = 3 strings: $a = "needle" condition: $a }',
  'hay.txt': '😀 needle',
  'app.log': 'Feb 10 23:21:05 host app[1]: bad x\n\n',
}
for (const [name, text] of Object.entries(inputs)) {
  writeFileSync(inFolder(name), text)
  writeFileSync(inFolder(`${name}.gz`), gzipSync(text))
}
for (const name of ['rules', 'decoders', 'lists']) mkdirSync(inFolder(join('set', name)), { recursive: true })
const rule = (id: number, inner: string) => `<rule id="${id}" ${inner}</rule>`
writeFileSync(
  inFolder('set/rules/0.xml'),
  `<group name="syslog,">${rule(1, 'level="0" noalert="1"><category>syslog</category><description>d</description>')}</group>`,
)
writeFileSync(
  inFolder('set/rules/1.xml'),
  `<group name="app,">${rule(100100, 'level="5"><decoded_as>app</decoded_as><match>bad</match><description>bad</description>')}</group>`,
)
writeFileSync(
  inFolder('set/decoders/0.xml'),
  '<decoder name="app"><program_name>^app$</program_name></decoder>',
)
writeFileSync(
  inFolder('tests.ini'),
  '[good]\nlog 1 pass = Feb 10 23:21:05 host app: bad\nrule = 100100\nalert = 5\ndecoder = app\n',
)

const problems = z.array(z.object({ code: z.string(), message: z.string(), where: z.string().optional() }))
const verdict = z.enum(['true_positive', 'benign_true_positive', 'false_positive', 'undetermined'])
const probability = z.number().min(0).max(1)
const whole = z.number().int().min(0)
const evidence = z.array(
  z.object({
    id: z.string().regex(/^E\d+$/),
    kind: z.string(),
    source: z.string(),
    pointer: z.string(),
    quote: z.string(),
    trust: z.enum(['observed', 'attacker-controlled', 'knowledge-base', 'human']),
  }),
)

/** The records of each command, by the words that run it; IN is an input of that name. */
const contract: readonly {
  readonly words: string
  readonly record: z.ZodType
  readonly records: number
  /** Not read packed: what is scanned is the file as it lies there. */
  readonly packed?: false
}[] = [
  {
    words: 'triage IN:alerts.ndjson --json',
    records: 1,
    record: z.object({
      case_id: z.string(),
      title: z.string(),
      severity: z.enum(['low', 'medium', 'high', 'critical']),
      first_seen: z.iso.datetime(),
      last_seen: z.iso.datetime(),
      alert_count: z.literal(2),
      alerts: z
        .array(z.object({ id: z.string(), verdict, p_true_positive: probability, why: z.string().min(1) }))
        .length(2),
      entities: z.record(z.string(), z.array(z.string())),
      techniques: z.array(z.string()).min(1),
      evidence,
      brief: z.object({
        headline: z.string(),
        claims: z.array(
          z.object({
            text: z.string(),
            evidence: z.array(z.object({ id: z.string(), quote: z.string() })).min(1),
            status: z.string(),
          }),
        ),
        verdict,
        confidence: probability,
        next_steps: z.array(z.string()).min(1),
        unknowns: z.array(z.string()),
      }),
      problems,
    }),
  },
  {
    words: 'mail IN:mail.eml --json',
    records: 1,
    record: z.object({
      file: z.string(),
      index: z.literal(0),
      message_id: z.string().nullable(),
      verdict: z.string(),
      probability,
      signals: z
        .array(
          z.object({
            id: z.string(),
            weight: z.number(),
            text: z.string(),
            where: z.object({ part: z.string(), start: whole, end: whole }).nullable().optional(),
          }),
        )
        .min(1),
      indicators: z.array(z.object({ type: z.string(), value: z.string() })).min(1),
      campaign: z.unknown(),
      problems,
    }),
  },
  {
    words: 'intel IN:report.txt --json',
    records: 1,
    record: z.object({
      file: z.string(),
      title: z.string(),
      tlp: z.literal('TLP:GREEN'),
      indicators: z
        .array(
          z.object({
            type: z.enum(
              'ipv4 ipv6 cidr domain url email md5 sha1 sha256 sha512 cve cwe asn path registry mutex crypto user_agent'.split(
                ' ',
              ) as [string],
            ),
            value: z.string(),
            defanged: z.boolean(),
            offset: whole,
            role: z.string(),
            confidence: probability,
          }),
        )
        .min(3),
      techniques: z
        .array(z.object({ id: z.string(), score: z.number(), quotes: z.array(z.string()) }))
        .min(10),
      dropped: z.array(z.object({ value: z.string(), reason: z.string() })),
      problems,
    }),
  },
  {
    words: 'rules check IN:rule.yml --json',
    records: 1,
    record: z.object({ file: z.string(), ok: z.literal(true), problems }),
  },
  {
    words: 'rules test --ruleset set --logs IN:app.log --json',
    records: 2,
    record: z.object({
      line: whole.min(1),
      log: z.string(),
      predecoder: z.object(),
      decoder: z.object({ name: z.string().nullable(), parent: z.string().nullable() }),
      data: z.object(),
      rule_id: z.string().nullable(),
      level: whole.nullable(),
      description: z.string().nullable(),
      groups: z.array(z.string()).nullable(),
      mitre: z.array(z.string()),
      frequency: whole.nullable(),
      firedtimes: whole.nullable(),
      alert: z.boolean(),
      problems,
    }),
  },
  {
    words: 'sigma test --rules rule.yml --events IN:events.ndjson --json',
    records: 2,
    record: z.object({ rule_id: z.string(), event: z.string(), match: z.boolean(), problems }),
  },
  {
    words: 'yara scan IN:hay.txt --rules rule.yar --json',
    records: 1,
    packed: false,
    record: z.object({
      file: z.string(),
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.literal(11),
      matches: z
        .array(
          z.object({
            rule: z.literal('word'),
            namespace: z.string(),
            tags: z.array(z.string()).length(1),
            meta: z.object({ a: z.literal('b'), n: z.literal(3) }),
            // Of bytes: 😀 and the space before it are five.
            strings: z
              .array(z.object({ id: z.literal('$a'), offset: z.literal(5), length: z.literal(6) }))
              .length(1),
          }),
        )
        .length(1),
      problems,
    }),
  },
  {
    words: 'yara check IN:rule.yar --json',
    records: 1,
    record: z.object({ file: z.string(), sha256: z.string(), size: whole, ok: z.literal(true), problems }),
  },
  {
    words: 'ask question --data IN:alerts.ndjson --json',
    records: 1,
    record: z.object({
      answer: z.string().min(1),
      sentences: z
        .array(z.object({ text: z.string(), evidence: z.array(z.string()).min(1), status: z.string() }))
        .min(1),
      evidence,
      route: z.enum(['deterministic', 'model']),
      techniques: z.array(z.object({ id: z.string(), name: z.string(), tactics: z.array(z.string()) })),
      tool_calls: z.array(z.object()),
      model: z.null(),
      problems,
    }),
  },
  {
    words: 'policy explain --file IN:alerts.ndjson --task triage --json',
    records: 1,
    record: z.object({
      decision: z.enum(['allow', 'pseudonymise', 'local', 'refuse']),
      rule: z.string(),
      model: z.string().nullable(),
      zone: z.enum(['local', 'on-prem', 'contracted', 'public']),
      classes: z.array(z.object({ class: z.string(), count: whole })).min(1),
      request_text: z.string(),
      reasons: z.array(z.string()),
    }),
  },
]

/** Runs the words with an input in one of its forms. */
function run(words: string, form: 'file' | 'packed' | 'stdin') {
  let stdin = ''
  const args = words.split(' ').map(word => {
    if (word === 'question') return 'How many alerts are there?'
    const input = /^IN:(.*)$/.exec(word)?.[1]
    if (input === undefined) return word in inputs || word === 'set' ? inFolder(word) : word
    if (form === 'stdin') stdin = inputs[input] ?? ''
    return form === 'stdin' ? '-' : inFolder(form === 'packed' ? `${input}.gz` : input)
  })
  return runCommand(args, stdin)
}

/** Without what names the input or the case, which differ. */
const alike = (records: readonly object[]) =>
  JSON.parse(JSON.stringify(records), (key, value) =>
    ['file', 'event', 'case_id', 'sha256'].includes(key) ? undefined : value,
  )

describe.each(contract)('tocsin $words', ({ words, record, records: wanted, packed }) => {
  it('gives the records that scripts rely on, the same however the input comes, asks nobody and leaves nothing', async () => {
    const { code, records } = await run(words, 'file')
    expect(code).toBe(0)
    expect(records).toHaveLength(wanted)
    for (const each of records) expect(record.parse(each)).toBeDefined()
    for (const form of ['packed', 'stdin'] as const) {
      if (form === 'packed' && packed === false) continue
      const other = await run(words, form)
      expect([form, other.code]).toEqual([form, 0])
      expect(alike(other.records)).toEqual(alike(records))
    }
    expect(readdirSync(folder)).not.toContain('data')
    expect(connect).not.toHaveBeenCalled() // They work without a server and without a network.
  })
})

describe('offsets', () => {
  it('are of code points in what intel and redact read', async () => {
    const { records } = await run('intel IN:report.txt --json', 'file')
    const text = [...(inputs['report.txt'] ?? '')]
    for (const { value, defanged, offset } of records[0].indicators) {
      const written = defanged ? 'evil-a[.]com' : value
      expect(text.slice(offset, offset + written.length).join('')).toBe(written)
    }
    const redacted = await runCommand(['redact', '--json'], '😀 10.1.2.3 a')
    expect(redacted.records[0]).toMatchObject({
      text: '😀 [ADDR-INT-1-1] a',
      replacements: [{ placeholder: '[ADDR-INT-1-1]', class: 'address.internal', offset: 2, length: 8 }],
      problems: [],
    })
  })

  it('are of bytes in what mail reads', async () => {
    const { records } = await run('mail IN:mail.eml --json', 'file')
    const bytes = Buffer.from(inputs['mail.eml'] ?? '')
    const links = records[0].signals.filter(({ id }: { id: string }) => id.startsWith('link-'))
    expect(links.length).toBeGreaterThan(0)
    for (const { where } of links)
      expect(bytes.subarray(where.start, where.end).toString()).toBe('https://evil-a.example/login')
  })
})

it('rules test --ini tells what was expected and what came', async () => {
  const { code, records } = await runCommand(
    ['rules', 'test', '--ruleset', inFolder('set'), '--ini', inFolder('tests.ini'), '--json'], // biome-ignore format: a list
  )
  const outcome = z.object({ rule: z.string(), level: z.string(), decoder: z.string() })
  const shape = z.object({
    file: z.string(),
    section: z.literal('good'),
    name: z.string(),
    expected: outcome,
    actual: outcome,
    pass: z.literal(true),
  })
  expect([code, records.length, shape.safeParse(records[0]).success]).toEqual([0, 1, true])
})

it.each(['wazuh', 'opensearch', 'lucene', 'wcs'])('rules convert makes %s of a Sigma rule', async to => {
  const { code, records } = await runCommand(['rules', 'convert', inFolder('rule.yml'), '--to', to, '--json'])
  expect(code).toBe(0)
  expect(records).toMatchObject([
    { to, output: expect.stringMatching(/bad|\[bB\]\[aA\]\[dD\]/), problems: expect.any(Array) },
  ])
})

it('audit verify tells the first entry that is bad, from a file, packed, and standard input', async () => {
  const ledger = inFolder('ledger')
  for (const text of ['one', 'two']) await runCommand(['audit', 'note', text, '--data', ledger])
  const { stdout } = await runCommand(['audit', 'export', '--data', ledger])
  const edited = stdout.replace('"two"', '"too"')
  const shape = z.object({
    ok: z.boolean(),
    entries: whole,
    head: z.string(),
    first_bad: z
      .object({ seq: whole, kind: z.enum(['edit', 'reorder', 'delete', 'truncate', 'fork', 'rewrite']) })
      .nullable(),
  })
  for (const [text, ok, wanted] of [
    [stdout, true, 0],
    [edited, false, 1],
  ] as const) {
    writeFileSync(inFolder('ledger.ndjson'), text)
    writeFileSync(inFolder('ledger.ndjson.gz'), gzipSync(text))
    for (const [path, stdin] of [
      [inFolder('ledger.ndjson'), ''],
      [inFolder('ledger.ndjson.gz'), ''],
      ['-', text],
    ] as const) {
      const { code, records } = await runCommand(['audit', 'verify', path, '--json'], stdin)
      expect([path, code]).toEqual([path, wanted])
      expect(shape.parse(records[0]).ok).toBe(ok)
    }
  }
})

it('eval run writes a record an item, and last what they come to', async () => {
  const items = inFolder('items.ndjson')
  const item = { id: 'a', input: 'It ran mimikatz to read the memory of lsass.exe.', expected: ['T1003.001'] }
  writeFileSync(items, `${JSON.stringify(item)}\n`)
  const out = inFolder('results.ndjson')
  const { code, stdout } = await runCommand(
    ['eval', 'run', items, '--task', 'attack', '--model', 'none', '--out', out], // biome-ignore format: a list
  )
  expect(code).toBe(0)
  expect(stdout).toBe('')
  const [result, summary] = readFileSync(out, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  const shapes = [
    z.object({ id: z.string(), output: z.unknown(), score: probability, deterministic: z.literal(true) }),
    z.object({
      suite: z.string(),
      n: z.literal(1),
      metrics: z.record(z.string(), z.number()),
      ci95: z.record(z.string(), z.tuple([z.number(), z.number()])),
      seed: whole,
      versions: z.record(z.string(), z.string()),
    }),
  ]
  expect([result, summary].map((each, index) => shapes[index]?.safeParse(each).error)).toEqual([
    undefined,
    undefined,
  ])
})
