import type { Alert, Entity } from '../domain/alert.ts'
import { placeOf } from '../evidence/place.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { named } from '../lib/quoted.ts'
import { type CaseStory, type Episode, machineAccounts } from './case-story.ts'

/** The clause that tells an episode, with the names in it: the place, and the account that it was done to. */
export function whatHappened({ behaviour, alert }: Episode): string {
  const target = targetOf(alert)?.value
  const clause =
    target === undefined ? behaviour.happened.replace(/ \(TARGET\)| TARGET\b/, '') : behaviour.happened
  return filled(clause, {
    HOST: placeOf(alert),
    TARGET: named(target ?? ''),
    CHANGE: changeOf(alert),
    MEMBER: memberOf(alert),
  })
}

/** What file monitoring saw, in its own three words. */
function changeOf({ document }: Alert): string {
  const event = readPointer(document, '/syscheck/event')
  return event === 'added' || event === 'deleted' ? event : 'changed'
}

/** Where Windows names who was put into a group: by name in a domain, only by number on a host. */
export const memberPointers = ['/data/win/eventdata/memberName', '/data/win/eventdata/memberSid'] as const

function memberOf({ document }: Alert): string {
  const member = memberPointers
    .map(pointer => readPointer(document, pointer))
    .find(value => typeof value === 'string' && value !== '' && value !== '-')
  const name =
    typeof member === 'string' ? (/^CN=((?:[^,\\]|\\.){1,80}),/i.exec(member)?.[1] ?? member) : undefined
  return name === undefined ? 'an account' : `the account ${named(name)}`
}

/** The account that something was done to. */
export function targetOf({ entities }: Alert): Entity | undefined {
  return entities.find(({ type, role }) => type === 'user' && role === 'target')
}

/** Who did it, where a case names more than one account and the sentence does not say which. */
export function actorToTell(story: CaseStory, { alert }: Episode): Entity | undefined {
  if (story.users.length < 2) return undefined
  return alert.entities.find(
    ({ type, role, value }) => type === 'user' && role === 'actor' && story.actors.includes(value),
  )
}

/** A step with the names in place of the words that stand for them: of the alert that shows the behaviour, else of the case. */
export function filledStep(step: string, { alert }: Episode, story: CaseStory): string {
  const entity = (type: string, role?: string) => {
    const found = alert.entities.find(
      each =>
        each.type === type &&
        (role === undefined || each.role === role) &&
        !(type === 'user' && machineAccounts.test(each.value)),
    )
    return found === undefined ? undefined : named(found.value)
  }
  const first = (values: readonly string[]) => (values[0] === undefined ? undefined : named(values[0]))
  const target = targetOf(alert)
  const source = entity('address', 'source') ?? first(story.sources)
  return filled(source === undefined ? step.replaceAll(/ (?:and|at|from) SOURCE\b/g, '') : step, {
    HOST: placeOf(alert) || (story.hosts[0] ?? 'the host'),
    USER: entity('user', 'actor') ?? entity('user') ?? first(story.users) ?? 'the account',
    TARGET: target === undefined ? 'that was changed' : named(target.value),
    SOURCE: source ?? 'the source',
    MEMBER: memberOf(alert),
    FILE: entity('file') ?? entity('process') ?? 'the file',
  })
}

/** All at once and literally: a name that an attacker chose may be `HOST` or hold `$&`. Backticks, which set code apart, are ours alone. */
function filled(text: string, names: Readonly<Record<string, string>>): string {
  return text.replaceAll(
    /\b(?:HOST|USER|TARGET|SOURCE|FILE|CHANGE|MEMBER)\b/g,
    word => names[word]?.replaceAll('`', '⟨U+0060⟩') ?? word,
  )
}
