import { sharedData } from '../test/support/shared-data.ts'
import { crossValidate, type HeldOut } from './mail-training/cross-validate.ts'
import { type LabelledMail, readTrainingMails } from './mail-training/examples.ts'
import { fitDefaults } from './mail-training/logistic.ts'
import { scoreOf, trainBoth } from './mail-training/train-both.ts'

// What the mail classifier rests on: grouped cross-validation with parts left out, and training without a whole source that is
// then recognised. Train split only. `npm run bench mail-ablation` (some minutes).
const root = sharedData('mail')
if (root === undefined) throw new Error('this bench needs the shared mail data')
const mails = readTrainingMails(root)

console.log(
  'Grouped cross-validation: recall of phishing where 0.5 % of easy ham is flagged, and what else is flagged there',
)
for (const use of ['all', 'signals', 'words'] as const)
  print(use, crossValidate(mails, 5, { ...fitDefaults, use }))
const corpusOnly = mails.filter(mail => mail.label !== 'modern-ham' && mail.label !== 'fraud')
print('without our own mails', withOwn(crossValidate(corpusOnly, 5, fitDefaults)))

console.log(
  '\nTrained without one source, which is then recognised (threshold: 0.5 % of the easy ham that was trained on)',
)
const sources = [...new Set(mails.map(mail => mail.source))].filter(source => countOf(source) >= 50).sort()
for (const source of sources) {
  const pair = trainBoth(
    mails.filter(mail => mail.source !== source),
    fitDefaults,
  )
  const trained = mails.filter(mail => mail.label === 'easy-ham' && mail.source !== source)
  const threshold = thresholdOf(trained.map(mail => scoreOf(pair, mail)))
  const left = mails.filter(mail => mail.source === source)
  const flagged = left.filter(mail => scoreOf(pair, mail) > threshold).length
  console.log(
    `  ${source.padEnd(16)} ${flagged} of ${left.length} flagged (${((100 * flagged) / left.length).toFixed(1)} %)`,
  )
}

/** Mails of ours that a model never saw are scored by one trained on the whole corpus. */
function withOwn(rows: readonly HeldOut[]): HeldOut[] {
  const pair = trainBoth(corpusOnly, fitDefaults)
  const own = mails.filter(mail => !corpusOnly.includes(mail))
  return [
    ...rows,
    ...own.map(mail => ({ label: mail.label, source: mail.source, score: scoreOf(pair, mail) })),
  ]
}

function countOf(source: LabelledMail['source']): number {
  return mails.filter(mail => mail.source === source).length
}

function thresholdOf(easyHam: readonly number[]): number {
  return [...easyHam].sort((a, b) => b - a)[Math.floor(easyHam.length * 0.005)] ?? 0
}

function print(name: string, rows: readonly HeldOut[]): void {
  const threshold = thresholdOf(rows.filter(row => row.label === 'easy-ham').map(row => row.score))
  const share = (label: HeldOut['label']) => {
    const all = rows.filter(row => row.label === label)
    return `${label} ${((100 * all.filter(row => row.score > threshold).length) / Math.max(all.length, 1)).toFixed(1)} %`
  }
  console.log(
    `  ${name.padEnd(22)} ${(['phish', 'hard-ham', 'modern-ham', 'fraud', 'spam', 'bounces'] as const).map(share).join(', ')}`,
  )
}
