import { sentencesOf } from '../../src/intel/sentences.ts'
import { techniqueEvidence } from '../../src/intel/technique-evidence.ts'
import { decodeWeights, type Prediction, predictWith } from '../../src/intel/technique-model.ts'
import type { AnnotatedReport, TrainingData } from './examples.ts'
import { foldsOf } from './folds.ts'
import type { RankerReport } from './report-ranker.ts'
import { trainSoftmax } from './softmax.ts'

export interface HeldOut {
  readonly fold: number
  /** Sentences and reports of documents that the model was not trained on. */
  readonly test: TrainingData
  readonly predict: (sentence: string) => Prediction
}

/** A sentence model per fold, with the documents it never saw. Half a minute each. */
export function* heldOut(data: TrainingData): Generator<HeldOut> {
  let fold = 0
  for (const { train, test } of foldsOf(data)) {
    const model = trainSoftmax(train.examples)
    const weights = decodeWeights(model)
    yield { fold, test, predict: sentence => predictWith(model, weights, sentence) }
    fold++
  }
}

/**
 * A report as the ranker sees it. The evidence must come from a model that did not see the report: on its own training
 * sentences a model is far too sure, and a ranker fitted on that would trust it too much.
 */
export function rankerReport(report: AnnotatedReport, { predict }: HeldOut): RankerReport {
  const sentences = sentencesOf(report.text)
  const evidence = techniqueEvidence(report.text, sentences, predict)
  return { ...report, sentences: sentences.length, evidence }
}
