import { dirname } from 'node:path'
import { type RankerFile, rankEvidence, type ScoredEvidence } from '../../src/intel/rank-techniques.ts'
import { techniqueEvidence } from '../../src/intel/technique-evidence.ts'
import { readTrainingData } from '../technique-training/examples.ts'
import { heldOut, rankerReport } from '../technique-training/held-out.ts'
import { trainRanker } from '../technique-training/report-ranker.ts'
import { descriptionIndex } from './description-index.ts'

/**
 * Recall of annotated techniques among the first ten, by document in five folds, against BM25 over ATT&CK's names and
 * descriptions. For reports, which name 11 techniques on average and up to 38, recall is given as it is and against the
 * ten places there are.
 */
export function benchTechniques(folder: string): void {
  const base = dirname(folder)
  const data = readTrainingData(base)
  const search = descriptionIndex(base)
  const sentences = { tocsin: new Recall(), bm25: new Recall() }
  const mentions = { tocsin: new Recall(), bm25: new Recall() }
  const reports = { tocsin: new Recall(), bm25: new Recall() }
  const held = heldOut(data).flatMap(fold => {
    for (const { text, label, source } of fold.test.examples) {
      const to = source === 'tram' ? sentences : source === 'annoctr' ? mentions : undefined
      const evidence = techniqueEvidence(text, [{ text, start: 0, end: text.length }], fold.predict)
      to?.tocsin.add([label], idsOf(rankEvidence(evidence, 1, noRanker)))
      to?.bm25.add([label], search(text))
    }
    return fold.test.reports.map(report => ({ fold: fold.fold, report: rankerReport(report, fold) }))
  })
  const all = [...held]
  for (const { fold, report } of all) {
    if (report.source !== 'tram') continue
    const ranker = rankerFor(fold)
    reports.tocsin.add(report.techniques, idsOf(rankEvidence(report.evidence, report.sentences, ranker)))
    reports.bm25.add(report.techniques, search(report.text))
  }
  console.log('techniques, recall@10 on documents held out (five folds by document)')
  for (const [name, { tocsin, bm25 }] of Object.entries({ sentences, mentions, reports })) {
    console.log(`  ${name.padEnd(10)} tocsin                 ${tocsin}`)
    console.log(`  ${name.padEnd(10)} BM25 over descriptions ${bm25}`)
  }

  /** Fitted on the reports of the other folds; five in all. */
  function rankerFor(fold: number): RankerFile {
    const known = rankers.get(fold)
    if (known !== undefined) return known
    const fresh = trainRanker(all.filter(other => other.fold !== fold).map(({ report }) => report))
    rankers.set(fold, fresh)
    return fresh
  }
}

const rankers = new Map<number, RankerFile>()

/** For single sentences, where the ranker has no say. */
const noRanker: RankerFile = { bias: 0, weights: [], shares: {}, unseen: 0.01 }

const idsOf = (ranked: readonly ScoredEvidence[]) => ranked.map(({ id }) => id)

class Recall {
  #items = 0
  #share = 0
  #ofTen = 0

  add(wanted: readonly string[], ranked: readonly string[]): void {
    const first = ranked.slice(0, 10)
    const hits = wanted.filter(id => first.includes(id)).length
    this.#items++
    this.#share += hits / wanted.length
    this.#ofTen += hits / Math.min(10, wanted.length)
  }

  toString(): string {
    return `${(this.#share / this.#items).toFixed(3)}, of ten places ${(this.#ofTen / this.#items).toFixed(3)} (n ${this.#items})`
  }
}
