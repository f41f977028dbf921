// Speed and recall of redaction beside secretlint and openredaction, on the same bytes in one run.
// `npm run bench redact`. Where the measuring data is missing, speed is measured on planted log lines.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lintSource } from '@secretlint/core'
import { creator } from '@secretlint/secretlint-rule-preset-recommend'
import { OpenRedaction } from 'openredaction'
import { emptyInventory } from '../src/domain/inventory.ts'
import { chooseSpans, searchText } from '../src/redact/find-sensitive.ts'
import { foldedView } from '../src/redact/fold.ts'
import { redact, redactionRules } from '../src/redact/redact.ts'
import { findSecrets } from '../src/redact/secrets/find-secrets.ts'
import { Vault } from '../src/redact/vault.ts'
import { plants } from '../test/corpus/leaks/leak-trial.ts'
import { sharedData } from '../test/support/shared-data.ts'

const promptLength = 20_000
const turns = 7
const secretlintRule = { id: '@secretlint/secretlint-rule-preset-recommend', rule: creator, options: {} }
const openRedaction = new OpenRedaction()

/** A range of a text, UTF-16 offsets. */
type Range = readonly [number, number]

/** What each system finds, or does, with a text. */
const secretlint = async (text: string): Promise<number> => {
  const source = { content: text, filePath: 'prompt.txt', ext: '.txt', contentType: 'text' } as const
  const result = await lintSource({ source, options: { config: { rules: [secretlintRule] } } })
  return result.messages.length
}
const openRedactionRanges = async (text: string): Promise<Range[]> =>
  (await openRedaction.detect(text)).detections.map(found => found.position)

const structured = new Set(
  'CREDIT_CARD EMAIL_ADDRESS PHONE_NUMBER IBAN_CODE US_SSN US_DRIVER_LICENSE'.split(' '),
)

// The inventory of an organisation of two thousand machines and as many people.
const numbers = Array.from({ length: 2_000 }, (_, i) => i)
const rules = redactionRules({
  ...emptyInventory,
  hosts: numbers.map(i => `srv-${i * 7}.corp.example`),
  users: numbers.map(i => `user${i * 13}`),
  addresses: ['10.0.0.0/8'],
})

await speed()
await secretRecall()
await personalRecall()

function prompts(): string[] {
  const alerts = sharedData('alerts/alerts.ndjson')
  const text =
    alerts === undefined
      ? Array.from(plants(1).take(4_000), plant => plant.text).join('\n')
      : readFileSync(alerts, 'utf8')
  const count = Math.floor(text.length / promptLength)
  return Array.from({ length: count }, (_, i) => text.slice(i * promptLength, (i + 1) * promptLength))
}

/** A system under measurement: how often it goes over the prompts in a turn, and what its turns took. */
interface Runner {
  readonly name: string
  readonly rounds: number
  readonly run: (text: string) => unknown
  /** Mean CPU milliseconds a prompt, a turn each. */
  readonly means: number[]
  /** Wall-clock milliseconds of every prompt: they hold only where this process goes ahead of other work. */
  readonly walls: number[]
}

/** All systems take turns, so that whatever else the machine does falls on each of them. */
async function speed(): Promise<void> {
  const texts = prompts()
  const runner = (name: string, rounds: number, run: Runner['run']): Runner => {
    return { name, rounds, run, means: [], walls: [] }
  }
  const full = runner('tocsin, everything', 8, text => redact(text, new Vault('t', 'c'), rules))
  const secrets = runner('tocsin, secrets only', 40, text => findSecrets(foldedView(text)))
  const lint = runner('secretlint (secrets only)', 8, secretlint)
  const open = runner('openredaction', 1, openRedactionRanges)
  const runners = [full, secrets, lint, open]
  for (const { run } of runners) for (const text of texts) await run(text)
  for (let turn = 0; turn < turns; turn++) for (const each of runners) await takeTurn(each, texts)
  console.log(
    `Speed on ${texts.length} prompts of ${promptLength / 1000} KB, this process's own CPU time, medians of ${turns} turns:`,
  )
  for (const each of runners) {
    const mean = at(each.means, 0.5)
    console.log(
      `  ${each.name.padEnd(26)} ${(promptLength / 1_000 / mean).toFixed(2).padStart(7)} MB/s, ${mean.toFixed(2)} ms a prompt; wall p50 ${at(each.walls, 0.5).toFixed(2)} p99 ${at(each.walls, 0.99).toFixed(2)} ms`,
    )
  }
  const times = (slow: Runner, quick: Runner): string => {
    const ratios = slow.means.map((mean, turn) => mean / (quick.means[turn] ?? 0))
    return `${at(ratios, 0.5).toFixed(1)}x (${Math.min(...ratios).toFixed(1)} to ${Math.max(...ratios).toFixed(1)})`
  }
  console.log(`  everything against openredaction: ${times(open, full)}`)
  console.log(`  secrets only against secretlint: ${times(lint, secrets)}\n`)
}

async function takeTurn({ run, rounds, means, walls }: Runner, texts: readonly string[]): Promise<void> {
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) {
    for (const text of texts) {
      const start = performance.now()
      await run(text)
      walls.push(performance.now() - start)
    }
  }
  const { user, system } = process.cpuUsage(before)
  means.push((user + system) / 1_000 / (rounds * texts.length))
}

/** The value below which a share of them lies. */
function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length * share)] ?? 0
}

async function secretRecall(): Promise<void> {
  const folder = sharedData('secrets')
  if (folder === undefined) return
  for (const file of ['gitleaks-cases.jsonl', 'secretlint-cases.jsonl']) {
    const cases = lines(join(folder, file))
    const tally = { ours: { hit: 0, wrong: 0 }, theirs: { hit: 0, wrong: 0 } }
    for (const { text, label } of cases) {
      const key = label === 1 ? 'hit' : 'wrong'
      if (findSecrets(foldedView(text)).length > 0) tally.ours[key]++
      if ((await secretlint(text)) > 0) tally.theirs[key]++
    }
    const positives = cases.filter(each => each.label === 1).length
    const show = ({ hit, wrong }: { hit: number; wrong: number }) =>
      `recall ${((100 * hit) / positives).toFixed(1)} %, false ${wrong}/${cases.length - positives}`
    console.log(`Secrets, ${file}: tocsin ${show(tally.ours)}; secretlint ${show(tally.theirs)}`)
  }
}

async function personalRecall(): Promise<void> {
  const file = sharedData('pii/presidio.jsonl')
  if (file === undefined) return
  const cases = lines(file)
  const none = redactionRules(emptyInventory)
  const ours = (text: string): Range[] =>
    chooseSpans(searchText(text, none.names), none.keep).spans.map(span => [span.start, span.end])
  for (const [name, find] of [
    ['tocsin', ours],
    ['openredaction', openRedactionRanges],
  ] as const) {
    const sum = { token: 0, tokens: 0, structured: 0, structures: 0, lost: 0, harmless: 0 }
    for (const { full_text: text, spans } of cases) {
      const ranges = await find(text)
      const touched = (start: number, end: number) => ranges.some(([from, to]) => from < end && to > start)
      for (const span of spans) {
        if (!structured.has(span.entity_type)) continue
        sum.structures++
        if (touched(span.start_position, span.end_position)) sum.structured++
      }
      for (const token of text.matchAll(/\S+/g)) {
        const end = token.index + token[0].length
        const personal = spans.some(span => span.start_position < end && span.end_position > token.index)
        const hit = touched(token.index, end) ? 1 : 0
        if (personal) sum.tokens++
        else sum.harmless++
        if (personal) sum.token += hit
        else sum.lost += hit
      }
    }
    const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`
    console.log(
      `Personal data, ${name}: token recall ${percent(sum.token, sum.tokens)}, structured values altered ${percent(sum.structured, sum.structures)}, harmless tokens lost ${percent(sum.lost, sum.harmless)}`,
    )
  }
}

interface Case {
  readonly text: string
  readonly label: number
  readonly full_text: string
  readonly spans: readonly { entity_type: string; start_position: number; end_position: number }[]
}

function lines(path: string): Case[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}
