import { expect, it } from 'vitest'
import { emptyInventory } from '../../../src/domain/inventory.ts'
import { seededRandom } from '../../../src/lib/seeded-random.ts'
import { redact, redactionRules } from '../../../src/redact/redact.ts'
import { Vault } from '../../../src/redact/vault.ts'
import { encodings } from './encodings.ts'
import { identifierClasses } from './identifiers.ts'

/** Values that no list names, in two or three encodings within one another, and those that redaction leaves. */
function hiddenIn(count: number, seed: number): string[] {
  const chance = seededRandom(seed)
  const below = (limit: number) => Math.floor(chance() * limit)
  const byForm = identifierClasses.filter(({ list }) => list === undefined)
  // These change what it is, or nothing.
  const usable = encodings.filter(({ name }) => !['plain', 'upper-case', 'confusables'].includes(name))
  const rules = redactionRules(emptyInventory)
  return Array.from({ length: count }).flatMap(() => {
    const kind = byForm[below(byForm.length)]
    if (kind === undefined) throw new Error('no class of identifiers')
    const nest = Array.from({ length: 2 + below(2) }, () => usable[below(usable.length)]).filter(
      encoding => encoding !== undefined && kind.except?.includes(encoding.name) !== true,
    )
    const written = nest.reduce((text, encoding) => encoding?.encode(text) ?? text, kind.make(chance))
    const text = `Nov 24 22:59:01 alert: connection -> "${written}" status=failed.`
    const { replacements } = redact(text, new Vault('tenant', 'case'), rules)
    return replacements.length > 0
      ? []
      : [`${kind.name}: ${nest.map(encoding => encoding?.name).join(' in ')}: ${written}`]
  })
}

// 390 of 8,000 stayed before bytes of UTF-16 were read within other encodings, then 10.
it('values known by their form hide in hardly any nest of encodings', () => {
  const hidden = hiddenIn(2_000, 20261128)
  expect(hidden.length / 2_000, hidden.slice(0, 9).join('\n')).toBeLessThanOrEqual(0.004)
})
