import { type Prefilter, plainPrefilter } from './prefilter.ts'
import type { Ruleset } from './ruleset.ts'

/** Stands in for the indexed prefilter. */
export function fastPrefilter(_ruleset: Ruleset): Prefilter {
  return plainPrefilter
}
