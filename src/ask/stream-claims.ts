import { z } from 'zod'
import type { Claim } from '../domain/claim.ts'
import { cleanText } from './parse-answer.ts'

const claimShape = z.object({
  text: z.string(),
  evidence: z.array(z.object({ id: z.string(), quote: z.string() })),
})

/**
 * Finds sentences in an answer that is still arriving. Feed it the whole text so far; it returns the sentences (objects
 * with `text` and `evidence`, in an array of the answer's outermost object) that have come to their end since the last
 * time. What is not yet whole is never returned: half a sentence cannot be verified. A text that begins anew (another
 * attempt) is read from its start.
 */
export function createClaimReader(): (textSoFar: string) => Claim[] {
  let seen = ''
  let at = 0
  let depth = 0
  let inString = false
  let escaped = false
  let start = -1
  const reset = () => {
    at = 0
    depth = 0
    inString = false
    escaped = false
    start = -1
  }
  return textSoFar => {
    if (!textSoFar.startsWith(seen)) reset()
    seen = textSoFar
    const found: Claim[] = []
    for (; at < textSoFar.length; at++) {
      const character = textSoFar[at]
      if (inString) {
        if (escaped) escaped = false
        else if (character === '\\') escaped = true
        else if (character === '"') inString = false
        continue
      }
      if (character === '"' && depth > 0) inString = true
      else if (character === '{' || character === '[') {
        if (character === '{' && depth === 2) start = at
        // Whatever stands before the outermost brace (a Markdown fence, a word) is not part of the answer.
        if (character === '{' || depth > 0) depth++
      } else if ((character === '}' || character === ']') && depth > 0) {
        depth--
        if (character === '}' && depth === 2 && start >= 0) {
          found.push(...claimIn(textSoFar.slice(start, at + 1)))
          start = -1
        }
      }
    }
    return found
  }
}

function claimIn(text: string): Claim[] {
  try {
    const value: unknown = JSON.parse(text, (_key, member) =>
      typeof member === 'string' ? cleanText(member) : member,
    )
    const parsed = claimShape.safeParse(value)
    return parsed.success ? [parsed.data] : []
  } catch {
    return [] // Not JSON after all; the whole answer is judged in the end.
  }
}
