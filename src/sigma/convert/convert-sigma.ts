import { problem } from '../../lib/problem.ts'
import type { SigmaDocument } from '../sigma-rule.ts'
import type { Conversion, ConversionTarget } from './conversion.ts'
import { toLucene } from './to-lucene.ts'
import { toOpenSearch } from './to-opensearch.ts'
import { toWazuh } from './to-wazuh.ts'
import { toWcs } from './to-wcs.ts'

/** Converts one Sigma document. What the target cannot say is in `problems`; there is then no output. */
export function convertSigma(
  document: SigmaDocument,
  target: ConversionTarget,
  firstId?: number,
): Conversion {
  const { content, problems } = document
  if (content === undefined) return { output: undefined, problems }
  if (content.kind === 'correlation') {
    return {
      output: undefined,
      problems: [
        ...problems,
        problem(
          'cannot-express',
          `a correlation counts over time, which ${target} rules made from Sigma do not; convert its rules one by one`,
        ),
      ],
    }
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
