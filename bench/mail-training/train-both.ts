import { combine, strongest } from '../../src/mail/classifier/model.ts'
import { signalIds } from '../../src/mail/signals/signal-kinds.ts'
import type { LabelledMail, SourceLabel } from './examples.ts'
import { type FitOptions, type Fitted, fitLogistic, logOdds } from './logistic.ts'
import { chooseVocabulary, placeWords, type Vocabulary } from './vocabulary.ts'

/** Unwanted against wanted. Old spam counts little: it teaches what spam and phishing share across the years. */
const unwantedWeights: Record<SourceLabel, number> = {
  phish: 1,
  spam: 0.3,
  fraud: 1,
  'easy-ham': 1,
  'hard-ham': 4,
  bounces: 1,
  'modern-ham': 1,
}
/**
 * Phishing against spam and loud newsletters; other mail is the first model's business. Modern mail counts a little: without it a
 * newsletter of a kind that no corpus has is told from spam, and so taken for phishing.
 */
const harmfulWeights: Record<SourceLabel, number> = {
  phish: 1,
  spam: 1,
  fraud: 1,
  'easy-ham': 0,
  'hard-ham': 8,
  bounces: 0,
  'modern-ham': 0.3,
}

export interface TrainedModel {
  readonly vocabulary: Vocabulary
  readonly fitted: Fitted
}

export interface TrainedPair {
  readonly unwanted: TrainedModel
  readonly harmful: TrainedModel
}

/** Trains the two models of the classifier on these mails. */
export function trainBoth(mails: readonly LabelledMail[], options: FitOptions): TrainedPair {
  return {
    unwanted: train(mails, ['phish', 'spam', 'fraud'], unwantedWeights, options),
    harmful: train(mails, ['phish', 'fraud'], harmfulWeights, options),
  }
}

function train(
  mails: readonly LabelledMail[],
  positive: readonly SourceLabel[],
  weights: Record<SourceLabel, number>,
  options: FitOptions,
): TrainedModel {
  const used = mails.filter(mail => weights[mail.label] > 0)
  const vocabulary = chooseVocabulary(used)
  const examples = used.map(mail => ({
    ...features(mail, vocabulary),
    label: positive.includes(mail.label) ? (1 as const) : (0 as const),
    weight: weights[mail.label],
  }))
  return { vocabulary, fitted: fitLogistic(examples, vocabulary.size, options) }
}

function features(mail: LabelledMail, vocabulary: Vocabulary) {
  const best = strongest(mail.findings)
  return {
    signals: Float64Array.from(signalIds, id => best.get(id)?.strength ?? 0),
    ...placeWords(mail.words, vocabulary),
  }
}

/** The combined log-odds that a mail is phishing. */
export function scoreOf({ unwanted, harmful }: TrainedPair, mail: LabelledMail): number {
  const part = ({ vocabulary, fitted }: TrainedModel) => logOdds(fitted, features(mail, vocabulary))
  return combine(part(unwanted), part(harmful))
}
