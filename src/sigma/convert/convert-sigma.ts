import { problem } from '../../lib/problem.ts'
import type { SigmaDocument } from '../sigma-rule.ts'
import type { Conversion, ConversionTarget } from './conversion.ts'
import { correlationToOpenSearch } from './correlation-to-opensearch.ts'
import { correlationToWazuh } from './correlation-to-wazuh.ts'
import { toLucene } from './to-lucene.ts'
import { toOpenSearch } from './to-opensearch.ts'
import { toWazuh } from './to-wazuh.ts'
import { toWcs } from './to-wcs.ts'

/**
 * Converts one Sigma document; `documents` are those of its file, where a correlation finds the rules that it counts. What
 * the target cannot say is in `problems`; there is then no output.
 */
export function convertSigma(
  document: SigmaDocument,
  target: ConversionTarget,
  firstId?: number,
  documents: readonly SigmaDocument[] = [document],
): Conversion {
  const { content, problems } = document
  if (content === undefined) return { output: undefined, problems }
  if (content.kind === 'correlation') {
    if (target === 'wazuh') return correlationToWazuh(content, documents, firstId)
    if (target === 'opensearch') return correlationToOpenSearch(content, documents)
    const message = `a correlation counts over time, which ${target === 'lucene' ? 'a Lucene query' : 'Wazuh 5'} does not: convert it to wazuh or opensearch`
    return { output: undefined, problems: [...problems, problem('cannot-express', message)] }
  }
  switch (target) {
    case 'wazuh':
      return toWazuh(content, firstId)
    case 'opensearch':
      return toOpenSearch(content)
    case 'lucene':
      return toLucene(content)
    case 'wcs':
      return toWcs(content)
  }
}

/**
 * The documents of a file that stand for themselves. Rules that a correlation counts come with it, and by Sigma's word do
 * not alert on their own.
 */
export function standingAlone(documents: readonly SigmaDocument[]): SigmaDocument[] {
  const counted = new Set(
    documents.flatMap(({ content }) => (content?.kind === 'correlation' ? content.rules : [])),
  )
  return documents.filter(
    ({ content }) =>
      content?.kind !== 'rule' || !(counted.has(content.id) || counted.has(content.name ?? '')),
  )
}
