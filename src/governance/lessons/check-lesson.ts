import type { LessonContent, LessonScope } from '../../domain/lesson.ts'
import type { Verdict } from '../../domain/verdict.ts'
import type { ScopeReach } from '../../store/lessons.ts'
import { injectionForms } from '../../verify/suspected-injection.ts'

/** What a check found. `refused`: it cannot be saved so. `second-person`: another person must agree. `note`: to know. */
export interface LessonFinding {
  readonly kind: 'refused' | 'second-person' | 'note'
  readonly text: string
}

export interface LessonSurroundings {
  readonly reach: ScopeReach
  /** Verdicts of other lessons of the same scope. */
  readonly besides: readonly (Verdict | null)[]
  /** How many lessons this person has taught within a day. */
  readonly byPersonToday: number
  /** Whether a long piece of it stands in an alert of the case that it comes from. */
  readonly copied: boolean
  /** Classes of secrets in it. */
  readonly secrets: readonly string[]
}

/** A scope that holds more of the cases than this is broad, whatever its kind. */
const broadShare = 0.2
const broadCases = 50
const mostADay = 5
const broadScopes: readonly LessonScope[] = ['technique', 'everywhere']
const harmless: readonly (Verdict | null)[] = ['benign_true_positive', 'false_positive']
/** Control, bidirectional, zero-width and tag characters: what a person cannot see, a person cannot check. */
const hidden = /[\p{Cc}\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/u

/**
 * Looks for poisoning: text that is meant for the model, that nobody can see, or that an attacker wrote; scopes that reach
 * far; and lessons that call harmless what people found to be an attack. By code alone: nothing that is checked is asked.
 */
export function checkLesson(content: LessonContent, around: LessonSurroundings): LessonFinding[] {
  return [
    ...textFindings(content.text, around),
    ...reachFindings(content, around),
    ...historyFindings(content, around),
  ]
}

const refused = (text: string): LessonFinding => ({ kind: 'refused', text })
const second = (text: string): LessonFinding => ({ kind: 'second-person', text })

function textFindings(text: string, { secrets, copied }: LessonSurroundings): LessonFinding[] {
  const forms = injectionForms(text)
  return [
    ...(forms.length > 0
      ? [
          refused(
            `it ${forms.join(', and ')}: say what is so, not what to do; what such cases are has a field of its own`,
          ),
        ]
      : []),
    ...(hidden.test(text.replaceAll('\n', ' ')) ? [refused('it holds characters that cannot be seen')] : []),
    ...secrets.map(each => refused(`it holds a secret (${each})`)),
    ...(copied
      ? [second('a long piece of it stands word for word in an alert: an attacker may have written it')]
      : []),
  ]
}

function reachFindings(
  { scope }: LessonContent,
  { reach, byPersonToday }: LessonSurroundings,
): LessonFinding[] {
  const { cases, allCases } = reach
  const wide = cases > broadCases || (allCases >= 10 && cases > allCases * broadShare)
  return [
    ...(broadScopes.includes(scope) || wide
      ? [second(`it reaches far: ${cases} of the ${allCases} cases of the last 90 days`)]
      : []),
    ...(byPersonToday >= mostADay
      ? [second(`it is the ${byPersonToday + 1}th of one person within a day`)]
      : []),
  ]
}

function historyFindings(
  { verdict }: LessonContent,
  { reach, besides }: LessonSurroundings,
): LessonFinding[] {
  const contrary = besides.some(each => each !== null && verdict !== null && each !== verdict)
  const against = contrary ? [second('another lesson of the same scope says otherwise')] : []
  if (!harmless.includes(verdict)) return against
  const { truePositive, grave } = reach
  if (truePositive > reach.harmless)
    return [
      ...against,
      refused(
        `it calls harmless what people mostly found to be attacks: ${truePositive} of ${truePositive + reach.harmless} decided cases`,
      ),
    ]
  return [
    ...against,
    ...(truePositive > 0
      ? [second(`people found ${truePositive} attacks among the cases that it calls harmless`)]
      : []),
    ...(grave > 0 ? [second(`${grave} of the cases that it calls harmless were high or critical`)] : []),
  ]
}
