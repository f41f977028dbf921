import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { emptyMailOrganisation, flaggedMailVerdicts } from '../src/domain/mail.ts'
import { mailAnalyser } from '../src/mail/analyse-mail.ts'
import { sharedData } from '../test/support/shared-data.ts'
import { normaliseMessage } from './mail-training/normalise-message.ts'
import { type OtherFilter, rspamd, spamAssassin } from './mail-training/other-filters.ts'

// Tocsin beside SpamAssassin and Rspamd (Debian packages, local mode) on the test split, the same normalised bytes for all
// three in one run. `--own` leaves the other two out. Spam and bounces are reported apart: they are not phishing.
const labels = ['phish', 'easy-ham', 'hard-ham', 'spam', 'bounces'] as const
const root = sharedData('mail')
if (root === undefined) throw new Error('this bench needs the shared mail data')
const only = process.argv.includes('--own')
const split = process.argv.includes('--train') ? 'train' : 'test'

const mails = labels.flatMap(label =>
  readdirSync(join(root, split, label)).map(file => ({
    label,
    file,
    bytes: normaliseMessage(readFileSync(join(root, split, label, file))),
  })),
)

interface Scored {
  readonly label: (typeof labels)[number]
  readonly score: number
  readonly flagged: boolean
}

const analyse = mailAnalyser(emptyMailOrganisation)
for (const mail of mails.slice(0, 50)) analyse(mail.bytes, mail.file, 0) // Warm-up: the first mails pay for compilation.
const times: number[] = []
const own: Scored[] = mails.map(({ label, file, bytes }) => {
  // CPU time, so that what else runs on the machine does not count; the compiler's and collector's threads do.
  const before = process.cpuUsage()
  const report = analyse(bytes, file, 0)
  const { user, system } = process.cpuUsage(before)
  times.push((user + system) / 1000)
  return { label, score: report.probability, flagged: flaggedMailVerdicts.includes(report.verdict) }
})
times.sort((a, b) => a - b)
const total = times.reduce((sum, time) => sum + time, 0)
print('Tocsin', own)
console.log(
  `  ${((times.length / total) * 1000).toFixed(0)} messages/s of one core's CPU time, p99 ${times[Math.floor(times.length * 0.99)]?.toFixed(0)} ms\n`,
)

if (!only) {
  for (const [program, start] of [
    ['/usr/sbin/spamd', spamAssassin],
    ['/usr/bin/rspamd', rspamd],
  ] as const) {
    if (!existsSync(program)) {
      console.log(`${program} is not installed (apt-get install spamd spamc rspamd): left out`)
      continue
    }
    const filter = await start()
    try {
      compare(filter, await scoreAll(filter))
    } finally {
      filter.stop()
    }
  }
}

async function scoreAll(filter: OtherFilter): Promise<Scored[]> {
  const scored: Scored[] = []
  for (const { label, bytes } of mails) {
    const score = await filter.score(bytes)
    scored.push({ label, score, flagged: score >= filter.threshold })
  }
  return scored
}

function compare(filter: OtherFilter, scored: readonly Scored[]): void {
  print(filter.name, scored)
  // The other filter at the threshold that flags as many ham as Tocsin does.
  const ham = (rows: readonly Scored[]) =>
    rows.filter(row => row.label === 'easy-ham' || row.label === 'hard-ham')
  const allowed = ham(own).filter(row => row.flagged).length
  const scores = ham(scored)
    .map(row => row.score)
    .sort((a, b) => b - a)
  const threshold = scores[allowed] ?? 0
  const phish = scored.filter(row => row.label === 'phish')
  const recall = phish.filter(row => row.score > threshold).length / phish.length
  const ownPhish = own.filter(row => row.label === 'phish')
  const ownRecall = ownPhish.filter(row => row.flagged).length / ownPhish.length
  console.log(
    `  at Tocsin's false-positive count (${allowed}): recall ${percent(recall)}; Tocsin finds ${(ownRecall / Math.max(recall, 0.001)).toFixed(1)} times as much\n`,
  )
}

function print(name: string, scored: readonly Scored[]): void {
  console.log(name)
  for (const label of labels) {
    const rows = scored.filter(row => row.label === label)
    const hits = rows.filter(row => row.flagged).length
    const [low, high] = wilson(hits, rows.length)
    console.log(
      `  ${label.padEnd(9)} ${String(hits).padStart(4)} of ${rows.length} flagged: ${percent(hits / rows.length)} (95 %: ${percent(low)} to ${percent(high)})`,
    )
  }
}

/** Wilson's interval for a share (Wilson 1927), 95 %. */
function wilson(hits: number, count: number): [number, number] {
  const z = 1.96
  const share = hits / count
  const middle = share + (z * z) / (2 * count)
  const spread = z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))
  const scale = 1 + (z * z) / count
  return [Math.max(0, (middle - spread) / scale), Math.min(1, (middle + spread) / scale)]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}
