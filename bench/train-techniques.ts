/**
 * Trains the technique model and the report ranker and writes them to src/intel/data. Run as
 * `node bench/train-techniques.ts FOLDER`, where FOLDER holds cti/ and attack/. Same data, same files.
 *
 * The ranker is fitted on predictions for reports that the sentence model was not trained on (five folds by document):
 * on its own training sentences the model is far too sure.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sentencesOf } from '../src/intel/sentences.ts'
import { techniqueEvidence } from '../src/intel/technique-evidence.ts'
import { decodeWeights, predictWith } from '../src/intel/technique-model.ts'
import { readTrainingData } from './technique-training/examples.ts'
import { foldsOf } from './technique-training/folds.ts'
import { type RankerReport, trainRanker } from './technique-training/report-ranker.ts'
import { trainSoftmax } from './technique-training/softmax.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node bench/train-techniques.ts FOLDER')
const data = readTrainingData(folder)
const target = join(import.meta.dirname, '../src/intel/data')

const held: RankerReport[] = []
for (const { train, test } of foldsOf(data)) {
  const model = trainSoftmax(train.examples)
  const weights = decodeWeights(model)
  for (const { document, source, text, techniques } of test.reports) {
    const sentences = sentencesOf(text)
    const evidence = techniqueEvidence(text, sentences, sentence => predictWith(model, weights, sentence))
    held.push({ document, source, sentences: sentences.length, evidence, techniques })
  }
  console.error(`fold done, ${held.length} reports`)
}
writeFileSync(join(target, 'technique-ranker.json'), `${JSON.stringify(trainRanker(held), null, 1)}\n`)
writeFileSync(join(target, 'technique-model.json'), `${JSON.stringify(trainSoftmax(data.examples))}\n`)
