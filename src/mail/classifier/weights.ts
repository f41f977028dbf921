import { readFileSync } from 'node:fs'
import type { WeightsFile } from './model.ts'

/**
 * The trained weights, made by `bench/train-mail.ts` (see `model-card.md` beside them). Read as data, not imported as a
 * module, so that the compiler does not infer a type for thousands of numbers.
 */
export const weights = JSON.parse(
  readFileSync(new URL('./weights.json', import.meta.url), 'utf8'),
) as WeightsFile // Written by our own trainer and checked by weights.test.ts.
