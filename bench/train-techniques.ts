/**
 * Trains the technique model and the report ranker and writes them to src/intel/data. Run as
 * `node bench/train-techniques.ts FOLDER`, where FOLDER holds cti/ and attack/. Same data, same files.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readTrainingData } from './technique-training/examples.ts'
import { heldOut, rankerReport } from './technique-training/held-out.ts'
import { trainRanker } from './technique-training/report-ranker.ts'
import { trainSoftmax } from './technique-training/softmax.ts'

const folder = process.argv[2]
if (folder === undefined) throw new Error('usage: node bench/train-techniques.ts FOLDER')
const data = readTrainingData(folder)
const target = join(import.meta.dirname, '../src/intel/data')
const reports = [...heldOut(data)].flatMap(held =>
  held.test.reports.map(report => rankerReport(report, held)),
)
writeFileSync(join(target, 'technique-ranker.json'), `${JSON.stringify(trainRanker(reports), null, 1)}\n`)
writeFileSync(join(target, 'technique-model.json'), `${JSON.stringify(trainSoftmax(data.examples))}\n`)
