import type { Problem } from '../../lib/problem.ts'

/** A rule in another language, and what that language cannot say. `output` is missing where nothing sensible is left. */
export interface Conversion {
  readonly output: string | undefined
  readonly problems: readonly Problem[]
}

/** The targets of `tocsin rules convert --to`. */
export const conversionTargets = ['wazuh', 'opensearch', 'lucene', 'wcs'] as const
export type ConversionTarget = (typeof conversionTargets)[number]
