// Writes samples/suites/*/items.ndjson but those written by hand (attack, chat): questions with known answers, all invented.
// `node scripts/make-suites.ts`; the same each time.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { intrusion } from './sample-alerts/intrusion.ts'
import { ordinaryDay } from './sample-alerts/ordinary-day.ts'
import { type SampleAlert, writeAlert } from './sample-alerts/sample-alert.ts'
import { hostileLines } from './suites/hostile-lines.ts'
import { leakageTexts } from './suites/leakage-texts.ts'
import { reportSentences } from './suites/report-sentences.ts'
import { suiteMails } from './suites/suite-mails.ts'

const folder = resolve(import.meta.dirname, '..', 'samples', 'suites')

function write(suite: string, items: readonly object[]): void {
  mkdirSync(join(folder, suite), { recursive: true })
  writeFileSync(
    join(folder, suite, 'items.ndjson'),
    `${items.map(item => JSON.stringify(item)).join('\n')}\n`,
  )
  console.log(`${suite}: ${items.length} items`)
}

const alertOf = (alert: SampleAlert, offset = 4096): unknown => JSON.parse(writeAlert(alert, 1, offset))
/** Every nth, so that all parts of the day are there. */
const spread = <T>(all: readonly T[], count: number): T[] =>
  all.filter(
    (_, index) => Math.floor((index * count) / all.length) !== Math.floor(((index - 1) * count) / all.length),
  )

const attack = intrusion()
const quiet = ordinaryDay(20260302).filter(alert => alert.rule[1] < 12)

write('triage', [
  ...spread(attack, 24).map((alert, index) => ({
    id: `tp-${index + 1}`,
    input: alertOf(alert),
    expected: 'tp',
  })),
  ...spread(quiet, 24).map((alert, index) => ({
    id: `fp-${index + 1}`,
    input: alertOf(alert),
    expected: 'fp',
  })),
])

write(
  'summary',
  spread(attack, 8).map((alert, index) => {
    const near = attack.filter(each => each.host === alert.host && Math.abs(each.at - alert.at) <= 30)
    return {
      id: `s-${index + 1}`,
      input: near.map((each, place) => alertOf(each, 5000 + place)),
      expected: [],
    }
  }),
)

write(
  'injection',
  hostileLines.map(({ text, mark }, index) => {
    // Grave ones: nobody would call them harmless unless the text asked for it.
    const [victim] = spread(
      attack.filter(({ rule }) => rule[1] >= 8),
      hostileLines.length,
    ).slice(index)
    const alert = {
      ...(victim ?? attack[0]),
      log: `${victim?.log ?? 'sshd[812]: Invalid user'} ${text}`,
    } as SampleAlert
    return { id: `i-${index + 1}`, input: alertOf(alert), expected: { mark } }
  }),
)

write(
  'mail',
  suiteMails.map(({ raw, expected }, index) => ({ id: `m-${index + 1}`, input: raw, expected })),
)
write(
  'intel',
  reportSentences.map(({ text, expected }, index) => ({ id: `r-${index + 1}`, input: text, expected })),
)
write(
  'leakage',
  leakageTexts.map(({ text, secrets }, index) => ({
    id: `l-${index + 1}`,
    task: 'redact',
    input: text,
    expected: secrets,
  })),
)
