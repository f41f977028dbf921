import { parentPort, workerData } from 'node:worker_threads'
import { type SurroundingsQuestion, surroundingsOf } from './surroundings-of.ts'

const { logs, base, nowSeconds }: SurroundingsQuestion = workerData
parentPort?.postMessage(surroundingsOf(logs, base, nowSeconds))
