import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LinearModel, logistic, type WeightsFile } from '../src/mail/classifier/model.ts'
import { signalIds } from '../src/mail/signals/signal-kinds.ts'
import { crossValidate } from './mail-training/cross-validate.ts'
import { readTrainingMails, type SourceLabel, sourceLabels } from './mail-training/examples.ts'
import { calibrate, fitDefaults } from './mail-training/logistic.ts'
import { type TrainedModel, trainBoth } from './mail-training/train-both.ts'

// Trains the mail classifier on the train split and our own lines, and writes src/mail/classifier/weights.json. Run it as
// `node bench/train-mail.ts FOLDER` where FOLDER holds train/ and campaigns.csv. Same data, same file.
const folds = 5
/** Shares of ham that may be flagged in cross-validation. */
const mostFlagged = { 'easy-ham': 0.005, 'hard-ham': 0.03 } as const

const root = process.argv[2]
if (root === undefined) throw new Error('usage: node bench/train-mail.ts FOLDER')
const mails = readTrainingMails(root)

const heldOut = crossValidate(mails, folds, fitDefaults)

const calibration = calibrate(
  heldOut
    .filter(row => row.label !== 'spam')
    .map(row => ({ score: row.score, label: row.label === 'phish' || row.label === 'fraud' ? 1 : 0 })),
)
const probabilities = heldOut.map(row => ({
  ...row,
  p: logistic(calibration.slope * row.score + calibration.offset),
}))
const falling = (label: SourceLabel) =>
  probabilities
    .filter(row => row.label === label)
    .map(row => row.p)
    .sort((a, b) => b - a)
/** The least threshold, rounded up, that flags no more than that share of a kind of mail. */
const leastFor = (label: keyof typeof mostFlagged) => {
  const all = falling(label)
  return (Math.floor((all[Math.floor(all.length * mostFlagged[label])] ?? 1) * 1e4) + 1) / 1e4
}
const suspicious = Math.max(leastFor('easy-ham'), leastFor('hard-ham'))
const thresholds = { suspicious, phishing: Number(((1 + suspicious) / 2).toFixed(4)) }
for (const label of sourceLabels) {
  const all = falling(label)
  console.log(
    `${label.padEnd(10)} held out: ${all.filter(p => p >= suspicious).length} of ${all.length} flagged`,
  )
}

const pair = trainBoth(mails, fitDefaults)
const file: WeightsFile = {
  version: '1',
  unwanted: pack(pair.unwanted),
  harmful: pack(pair.harmful),
  calibration,
  thresholds,
}
writeFileSync(
  join(import.meta.dirname, '..', 'src', 'mail', 'classifier', 'weights.json'),
  `${JSON.stringify(file, null, 2)}\n`,
)
console.log(JSON.stringify({ calibration, thresholds }))

function pack({ vocabulary, fitted }: TrainedModel): LinearModel {
  const scale = fitted.words.reduce((top, weight) => Math.max(top, Math.abs(weight)), 1e-9) / 127
  const kept = [...vocabulary]
    .map(([bucket, at]) => ({ bucket, weight: Math.round((fitted.words[at] ?? 0) / scale) }))
    .filter(entry => entry.weight !== 0)
  const steps = Uint32Array.from(kept, (entry, at) => entry.bucket - (kept[at - 1]?.bucket ?? 0))
  return {
    bias: fitted.bias,
    signals: Object.fromEntries(
      signalIds.map((id, at) => [id, Number((fitted.signals[at] ?? 0).toFixed(4))]),
    ),
    wordBuckets: Buffer.from(steps.buffer).toString('base64'),
    wordWeights: Buffer.from(Int8Array.from(kept, entry => entry.weight).buffer).toString('base64'),
    wordScale: scale,
  }
}
