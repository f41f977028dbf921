import type { Brief } from '../domain/brief.ts'
import type { DataClass } from '../domain/data-class.ts'
import { dataClassOfPlaceholder, placeholderShape } from '../redact/placeholder.ts'
import type { Vault } from '../redact/vault.ts'

/**
 * A model's brief with the real values of some classes in place of their placeholders, for the SOC's own index. Says
 * which placeholders were replaced: who reveals has to put it on record.
 */
export function revealBrief(
  brief: Brief,
  vault: Vault,
  classes: readonly DataClass[],
): { readonly brief: Brief; readonly placeholders: readonly string[] } {
  const replaced = new Set<string>()
  const real = (text: string): string =>
    text.replace(placeholderShape, shape => {
      const value = classes.includes(dataClassOfPlaceholder(shape)) ? vault.valueOf(shape) : undefined
      if (value === undefined) return shape
      replaced.add(shape)
      return value
    })
  const shown: Brief = {
    ...brief,
    headline: real(brief.headline),
    claims: brief.claims.map(claim => ({ ...claim, text: real(claim.text) })),
    nextSteps: brief.nextSteps.map(real),
    unknowns: brief.unknowns.map(real),
  }
  return { brief: shown, placeholders: [...replaced] }
}
