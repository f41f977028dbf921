import type { Problem } from '../lib/problem.ts'
import { type Place, placeText } from './xml.ts'

/** What a check found in a draft. Errors keep it from being loaded as meant; warnings are worth a look. */
export interface Finding extends Problem {
  readonly severity: 'error' | 'warning'
}

/** The file that stand-ins are in: what drafts refer to where no ruleset is given. */
export const assumedFileName = '(assumed)'

export function warning(code: string, message: string, place: Place): Finding {
  return { code, message, where: placeText(place), severity: 'warning' }
}

/** Wazuh matches PCRE2 by backtracking: such a pattern lets one crafted log hold up the manager. */
export function explosivePattern(source: string, where: string, place: Place): Finding {
  const message = `${where}: '${source.slice(0, 60)}' repeats a part that itself repeats or branches, which can take exponential time. Write the inner repetition so that it can match in one way only, or make it possessive (a++)`
  return { code: 'catastrophic-regex', message, where: placeText(place), severity: 'error' }
}

/** What the reader of an id needs to know; given by whoever holds the ATT&CK facts. */
export type TechniqueKnowledge = (id: string) => 'current' | 'retired' | 'unknown'
