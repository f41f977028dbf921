import { foldOf, type LabelledMail, type SourceLabel } from './examples.ts'
import type { FitOptions } from './logistic.ts'
import { scoreOf, trainBoth } from './train-both.ts'

/** A mail's score by a model that has not seen its group. */
export interface HeldOut {
  readonly label: SourceLabel
  readonly source: string
  readonly score: number
}

/** Scores every mail by a model trained on the other folds; groups stay whole. */
export function crossValidate(mails: readonly LabelledMail[], folds: number, options: FitOptions): HeldOut[] {
  return Array.from({ length: folds }, (_, fold) => {
    const pair = trainBoth(
      mails.filter(mail => foldOf(mail.group, folds) !== fold),
      options,
    )
    return mails
      .filter(mail => foldOf(mail.group, folds) === fold)
      .map(mail => ({ label: mail.label, source: mail.source, score: scoreOf(pair, mail) }))
  }).flat()
}
