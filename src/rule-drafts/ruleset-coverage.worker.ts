import { parentPort, workerData } from 'node:worker_threads'
import { type CoverageQuestion, rulesetCoverage } from './ruleset-coverage.ts'

const question: CoverageQuestion = workerData
parentPort?.postMessage(rulesetCoverage(question))
