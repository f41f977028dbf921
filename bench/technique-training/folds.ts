import type { TrainingData } from './examples.ts'

export interface Fold {
  readonly train: TrainingData
  readonly test: TrainingData
}

/**
 * Splits by document: every sentence and report of a document is on one side. The knowledge base, which is of no
 * document, is always on the training side.
 */
export function* foldsOf(data: TrainingData, count = 5): Generator<Fold> {
  const documents = [
    ...new Set(
      [...data.examples, ...data.reports].map(({ document }) => document).filter(name => name !== ''),
    ),
  ].sort()
  for (let fold = 0; fold < count; fold++) {
    const held = new Set(documents.filter((_, index) => index % count === fold))
    yield {
      train: without(data, document => held.has(document)),
      test: without(data, document => !held.has(document)),
    }
  }
}

function without(data: TrainingData, leaveOut: (document: string) => boolean): TrainingData {
  return {
    examples: data.examples.filter(({ document }) => !leaveOut(document)),
    reports: data.reports.filter(({ document }) => !leaveOut(document)),
  }
}
