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

async function speed(): Promise<void> {
  const texts = prompts()
  console.log(`Speed on ${texts.length} prompts of ${promptLength / 1000} KB, this process's own CPU time:`)
  const full = await measure('tocsin, everything', texts, text => redact(text, new Vault('t', 'c'), rules), 8)
  const secrets = await measure('tocsin, secrets only', texts, text => findSecrets(foldedView(text)), 40)
  const lint = await measure('secretlint (secrets only)', texts, secretlint, 8)
  const open = await measure('openredaction', texts, openRedactionRanges, 1)
  console.log(`  everything against openredaction: ${(open / full).toFixed(1)}x`)
  console.log(`  secrets only against secretlint: ${(lint / secrets).toFixed(1)}x\n`)
}

/** Mean CPU milliseconds per prompt. Wall-clock percentiles are printed too: they hold only on an idle machine. */
async function measure(
  name: string,
  texts: readonly string[],
  run: (text: string) => unknown,
  rounds: number,
): Promise<number> {
  for (const text of texts) await run(text)
  const times: number[] = []
  const before = process.cpuUsage()
  for (let round = 0; round < rounds; round++) {
    for (const text of texts) {
      const start = performance.now()
      await run(text)
      times.push(performance.now() - start)
    }
  }
  const { user, system } = process.cpuUsage(before)
  const mean = (user + system) / 1_000 / times.length
  times.sort((a, b) => a - b)
  const at = (share: number) => (times[Math.floor(times.length * share)] ?? 0).toFixed(2)
  console.log(
    `  ${name.padEnd(26)} ${(promptLength / 1_000 / mean).toFixed(2).padStart(7)} MB/s, ${mean.toFixed(2)} ms a prompt; wall p50 ${at(0.5)} p99 ${at(0.99)} ms`,
  )
  return mean
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
