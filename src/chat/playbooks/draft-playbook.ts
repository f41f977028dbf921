import type { EntityType } from '../../domain/alert.ts'
import { caseParameter, type Playbook, type PlaybookParameter } from './playbook.ts'

const shortestValue = 3
const mostSteps = 20

/**
 * The questions of a chat as a playbook: what they name of the case becomes a parameter, so that the same can be asked of
 * another. By code, and for a person to read and change before it is saved.
 */
export function draftPlaybook(
  questions: readonly string[],
  of: {
    readonly caseId: string | null
    /** What the case names, the most frequent first. */
    readonly entities: readonly { readonly type: EntityType; readonly value: string }[]
  },
): Playbook {
  const asked = questions.filter(text => !/^\/draft\b/i.test(text.trim())).slice(0, mostSteps)
  const parameters = new Map<string, PlaybookParameter>()
  // The longest first: `web-01.example` is not `web-01` with something behind it.
  const longest = of.entities
    .filter(({ value }) => value.length >= shortestValue)
    .toSorted((a, b) => b.value.length - a.value.length)
  const parameterFor = (type: EntityType, value: string): string => {
    const known = parameters.get(value)
    if (known !== undefined) return known.name
    const base = type.replaceAll('-', '_')
    const taken = [...parameters.values()].filter(each => each.entityType === type).length
    const name = taken === 0 ? base : `${base}_${taken + 1}`
    parameters.set(value, { name, label: name.replaceAll('_', ' '), entityType: type })
    return name
  }
  const generalise = (text: string): string => {
    // Split, so that what has become a parameter is not looked into again.
    let parts: { readonly text: string; readonly fixed: boolean }[] = [{ text, fixed: false }]
    const replace = (value: string, nameOf: () => string) => {
      parts = parts.flatMap(part => {
        if (part.fixed) return [part]
        const pieces = part.text.split(wholeWord(value))
        return pieces.flatMap((piece, index) => [
          ...(index === 0 ? [] : [{ text: `{{${nameOf()}}}`, fixed: true }]),
          { text: piece, fixed: false },
        ])
      })
    }
    if (of.caseId !== null) replace(of.caseId, () => caseParameter)
    for (const { type, value } of longest) replace(value, () => parameterFor(type, value))
    return parts.map(part => part.text).join('')
  }
  const steps = asked.map(text => ({ kind: 'question' as const, text: generalise(text.trim()) }))
  return { parameters: [...parameters.values()], steps }
}

/** A value where it stands by itself: `web-1` is not in `web-10`. */
function wholeWord(value: string): RegExp {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`(?<![\\w-])${escaped}(?![\\w-]|\\.\\w)`, 'gi')
}
