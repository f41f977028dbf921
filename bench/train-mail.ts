import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  combine,
  type LinearModel,
  logistic,
  strongest,
  type WeightsFile,
} from '../src/mail/classifier/model.ts'
import { signalIds } from '../src/mail/signals/signal-kinds.ts'
import { foldOf, type LabelledMail, readLabelledMails, type SourceLabel } from './mail-training/examples.ts'
import {
  calibrate,
  type Example,
  type Fitted,
  fitDefaults,
  fitLogistic,
  logOdds,
} from './mail-training/logistic.ts'

// Trains the mail classifier on the train split alone and writes src/mail/classifier/weights.json. Run it as
// `node bench/train-mail.ts FOLDER` where FOLDER holds train/ and campaigns.csv. Same data, same file.
const folds = 5
/** Unwanted against wanted. Old spam counts little: it is there to teach what spam and phishing share across the years. */
const unwantedWeights: Record<SourceLabel, number> = {
  phish: 1,
  spam: 0.3,
  'easy-ham': 1,
  'hard-ham': 4,
  bounces: 1,
}
/** Phishing against spam and loud newsletters. */
const harmfulWeights: Record<SourceLabel, number> = {
  phish: 1,
  spam: 1,
  'easy-ham': 0,
  'hard-ham': 4,
  bounces: 0,
}

const root = process.argv[2]
if (root === undefined) throw new Error('usage: node bench/train-mail.ts FOLDER')
const mails = readLabelledMails(root, 'train').map(mail => ({ mail, example: exampleOf(mail) }))

function exampleOf(mail: LabelledMail): Omit<Example, 'label' | 'weight'> {
  const best = strongest(mail.findings)
  return {
    signals: Float64Array.from(signalIds, id => best.get(id)?.strength ?? 0),
    buckets: Int32Array.from(mail.words, word => word.bucket),
    values: Float64Array.from(mail.words, word => word.value),
  }
}

type Row = (typeof mails)[number]

function fitBoth(rows: readonly Row[]): { unwanted: Fitted; harmful: Fitted } {
  const labelled = (positive: readonly SourceLabel[], weight: Record<SourceLabel, number>) =>
    rows
      .filter(row => weight[row.mail.label] > 0)
      .map(row => ({
        ...row.example,
        label: positive.includes(row.mail.label) ? (1 as const) : (0 as const),
        weight: weight[row.mail.label],
      }))
  return {
    unwanted: fitLogistic(labelled(['phish', 'spam'], unwantedWeights), fitDefaults),
    harmful: fitLogistic(labelled(['phish'], harmfulWeights), fitDefaults),
  }
}

const heldOut = Array.from({ length: folds }, (_, fold) => {
  const models = fitBoth(mails.filter(row => foldOf(row.mail.group, folds) !== fold))
  return mails
    .filter(row => foldOf(row.mail.group, folds) === fold)
    .map(({ mail, example }) => {
      const whole = { ...example, label: 0 as const, weight: 1 }
      return {
        label: mail.label,
        score: combine(logOdds(models.unwanted, whole), logOdds(models.harmful, whole)),
      }
    })
}).flat()

const calibration = calibrate(
  heldOut
    .filter(row => row.label !== 'spam')
    .map(row => ({ score: row.score, label: row.label === 'phish' ? 1 : 0, weight: 1 })),
)
const probabilities = heldOut.map(row => ({
  ...row,
  p: logistic(calibration.slope * row.score + calibration.offset),
}))
const sorted = (label: SourceLabel) =>
  probabilities
    .filter(row => row.label === label)
    .map(row => row.p)
    .sort((a, b) => b - a)
const limitFor = (label: SourceLabel, share: number) =>
  sorted(label)[Math.floor(sorted(label).length * share)] ?? 1
const suspicious = Math.max(limitFor('easy-ham', 0.004), limitFor('hard-ham', 0.025))
const thresholds = {
  suspicious: Number(suspicious.toFixed(4)),
  phishing: Number(Math.max(suspicious, (1 + suspicious) / 2).toFixed(4)),
}
for (const label of ['phish', 'easy-ham', 'hard-ham', 'spam', 'bounces'] as const) {
  const all = sorted(label)
  console.log(
    `${label.padEnd(9)} held out: ${all.filter(p => p >= suspicious).length} of ${all.length} flagged`,
  )
}

const models = fitBoth(mails)
const file: WeightsFile = {
  version: '1',
  unwanted: pack(models.unwanted),
  harmful: pack(models.harmful),
  calibration,
  wordBounds: { low: -6, high: 6 },
  thresholds,
}
writeFileSync(
  join(import.meta.dirname, '..', 'src', 'mail', 'classifier', 'weights.json'),
  `${JSON.stringify(file)}\n`,
)
console.log(JSON.stringify({ calibration, thresholds }))

function pack(model: Fitted): LinearModel {
  const largest = model.words.reduce((top, weight) => Math.max(top, Math.abs(weight)), 1e-9)
  const scale = largest / 127
  const bytes = Int8Array.from(model.words, weight => Math.round(weight / scale))
  return {
    bias: model.bias,
    signals: Object.fromEntries(signalIds.map((id, at) => [id, Number((model.signals[at] ?? 0).toFixed(4))])),
    words: Buffer.from(bytes.buffer).toString('base64'),
    wordScale: scale,
  }
}
