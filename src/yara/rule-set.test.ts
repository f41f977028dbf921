import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkSource, customaryVariables, RuleSet, type YaraOptions } from './rule-set.ts'
import { YaraProcess } from './yara-process.ts'

const options: YaraOptions = {
  variables: customaryVariables,
  timeoutMs: 20_000,
  memoryBytes: 2 * 1024 ** 3,
  fileLimitBytes: 1024 ** 2,
}
const yara = new YaraProcess()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-yara-'))
})
afterAll(() => {
  yara.close()
  rmSync(folder, { recursive: true, force: true })
})

const check = (text: string, name = 'draft.yar') =>
  checkSource(yara, { name, bytes: Buffer.from(text) }, options)

async function scan(rules: readonly string[], bytes: Uint8Array, limits: Partial<YaraOptions> = {}) {
  const sources = await Promise.all(rules.map((text, index) => check(text, `file-${index}.yar`)))
  return new RuleSet(yara, sources, { ...options, ...limits }).scan({ kind: 'bytes', bytes }, {})
}

describe('checking rules', () => {
  it('names the line and column of an error, and what to do', async () => {
    const { errors } = await check('rule a {\n  strings:\n    $x = /foo{/\n  condition: $x\n}')
    expect(errors).toEqual([
      {
        code: 'E014',
        message: expect.stringContaining('unclosed counted repetition'),
        where: 'line 3, column 14',
      },
    ])
    expect(errors[0]?.message).toContain('did you mean')
  })

  it('survives a rule that takes the compiler down when it runs, and checks the next', async () => {
    const bad = await check('rule big { condition: "abc" matches /([a-z]{2000}){1000}/ }')
    expect(bad.errors.map(error => error.code)).toEqual(['yara-crashed'])
    const good = await check('rule fine { condition: true }')
    expect(good.errors).toEqual([])
  })

  it('refuses include where no folder is given', async () => {
    const { errors } = await check('include "/etc/passwd"\nrule a { condition: true }')
    expect(errors.length).toBeGreaterThan(0)
  })

  it('never hangs or dies on noise', async () => {
    const noise = fc.array(
      fc.constantFrom(
        'rule a',
        '{',
        '}',
        'strings:',
        '$a=',
        '"x"',
        '/a{2,/',
        'condition:',
        'for all',
        '(',
        '\\',
        '\0',
        'any of them',
      ),
    )
    await fc.assert(
      fc.asyncProperty(noise, async parts => {
        const { errors, rules } = await check(parts.join(' '))
        expect(errors.length + rules.length).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 100, seed: 7 },
    )
    expect((await check('rule fine { condition: true }')).errors).toEqual([])
  })
})

describe('scanning', () => {
  it('reports rule, tags, metadata of every type, and strings at their bytes', async () => {
    const rule =
      'rule mark : demo test { meta: score = 75 active = true author = "a" hash = "1" hash = "2" low = -3 strings: $a = "needle" condition: $a }'
    const { matches, sizeBytes, sha256 } = await scan([rule], Buffer.from('hay needle hay needle'))
    expect(matches).toEqual([
      {
        rule: 'mark',
        namespace: 'default',
        source: 'file-0.yar',
        tags: ['demo', 'test'],
        meta: { score: 75, active: true, author: 'a', hash: ['1', '2'], low: -3 },
        strings: [
          { id: '$a', offset: 4, length: 6 },
          { id: '$a', offset: 15, length: 6 },
        ],
      },
    ])
    expect([sizeBytes, sha256.length]).toEqual([21, 64])
  })

  it('keeps rules of one name apart, and a global rule to its own file', async () => {
    const rules = [
      'rule same { strings: $a = "one" condition: $a }',
      'rule same { strings: $a = "one" condition: $a }',
      'global rule never { condition: false } rule hidden { condition: true }',
    ]
    const { matches } = await scan(rules, Buffer.from('one'))
    expect(matches.map(match => [match.rule, match.namespace])).toEqual([
      ['same', 'default'],
      ['same', 'file-1.yar'],
    ])
  })

  it('stops a scan that takes too long and goes on with the next file', async () => {
    const slow =
      'rule slow { condition: filesize > 10 and for all i in (0..2000000000) : ( uint8(i % filesize) < 300 and i >= 0 ) }'
    const sources = [await check(slow), await check('rule quick { condition: filesize > 0 }')]
    expect(sources.flatMap(source => source.errors)).toEqual([])
    const stopped = await new RuleSet(yara, sources, { ...options, timeoutMs: 300 }).scan(
      { kind: 'bytes', bytes: Buffer.alloc(64) },
      {},
    )
    expect(stopped.problems.map(entry => entry.code)).toEqual(['timed-out'])
    const after = await scan(['rule quick { condition: filesize > 0 }'], Buffer.alloc(64))
    expect(after.matches.map(match => match.rule)).toEqual(['quick'])
  })

  it('does not open pipes, and says why a large or missing file was not scanned', async () => {
    const set = new RuleSet(yara, [await check('rule any_file { condition: true }')], options)
    const pipe = join(folder, 'pipe')
    execFileSync('mkfifo', [pipe])
    const large = join(folder, 'large')
    writeFileSync(large, Buffer.alloc(options.fileLimitBytes + 1))
    const codes = []
    for (const path of [pipe, large, join(folder, 'missing')]) {
      codes.push((await set.scan({ kind: 'file', path }, {})).problems[0]?.code)
    }
    expect(codes).toEqual(['not-a-regular-file', 'too-large', 'unreadable-input'])
  })

  it.skipIf(!existsSync('/usr/bin/yara'))("finds what Debian's yara finds", async () => {
    const rules =
      'rule r1 { strings: $a = "abc" nocase wide ascii $b = { 61 ?? 63 } $c = /x[0-9]{2,4}y/ condition: any of them }\nrule r2 { condition: filesize > 10 and uint16(0) == 0x6161 }\nrule r3 { strings: $h = "zz" xor condition: #h > 1 }'
    const rulesFile = join(folder, 'rules.yar')
    writeFileSync(rulesFile, rules)
    const set = new RuleSet(yara, [await check(rules)], options)
    const target = join(folder, 'target')
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('abc', 'A\0B\0C\0', 'x123y', 'aa', 'zz', 'qq', 'a.c', '\x00')),
        async parts => {
          writeFileSync(target, parts.join(''))
          const theirs = execFileSync('/usr/bin/yara', ['-w', rulesFile, target], { encoding: 'utf8' })
          const ours = await set.scan({ kind: 'file', path: target }, {})
          expect(ours.matches.map(match => match.rule).sort()).toEqual(
            theirs
              .split('\n')
              .filter(Boolean)
              .map(line => line.split(' ')[0])
              .sort(),
          )
        },
      ),
      { numRuns: 40, seed: 3 },
    )
  })
})
