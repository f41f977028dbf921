import fc from 'fast-check'
import type { Role } from '../../src/domain/role.ts'
import { roles } from '../../src/domain/role.ts'

// Histories of what people, clocks, attackers and crashes can do to one proposal. run-history.ts carries one out.

/** Three approvers, until a history changes that. */
export const people = ['ana', 'ben', 'cleo'] as const
type PersonId = (typeof people)[number]

const person = fc.constantFrom(...people)
const anyone = fc.oneof(
  { weight: 6, arbitrary: person },
  { weight: 1, arbitrary: fc.constantFrom('model', 'token', '') },
)

/** What an attacker with a hand in the database writes over. */
export const tamperings = ['arguments', 'agent', 'action', 'expiry', 'nonce', 'case'] as const

export type Step =
  | { readonly kind: 'submit'; readonly by: string }
  | {
      readonly kind: 'decide'
      readonly by: string
      readonly decision: 'approve' | 'reject'
      readonly digest: 'right' | 'wrong'
      readonly stepUp: 'fresh' | 'stale' | 'none'
    }
  | { readonly kind: 'execute'; readonly twice: boolean }
  | { readonly kind: 'withdraw'; readonly by: string }
  | { readonly kind: 'role'; readonly of: PersonId; readonly role: Role }
  | { readonly kind: 'disable'; readonly of: PersonId }
  /** Somebody's account is made anew or taken over by an admin, who may be one of the people. */
  | { readonly kind: 'vouch'; readonly of: PersonId; readonly by: string; readonly alone: boolean }
  | { readonly kind: 'tamper'; readonly what: (typeof tamperings)[number] }
  /** The approvals that were given are put under another proposal of the same content, which is marked approved. */
  | { readonly kind: 'replay' }
  | { readonly kind: 'wait'; readonly minutes: number }
  /** The database server crashes and comes back; `during`: while an executor is at work. */
  | { readonly kind: 'restart'; readonly during: boolean; readonly afterMs: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('submit' as const), by: anyone }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('decide' as const),
      by: anyone,
      decision: fc.oneof(
        { weight: 8, arbitrary: fc.constant('approve' as const) },
        { weight: 1, arbitrary: fc.constant('reject' as const) },
      ),
      digest: fc.oneof(
        { weight: 8, arbitrary: fc.constant('right' as const) },
        { weight: 1, arbitrary: fc.constant('wrong' as const) },
      ),
      stepUp: fc.oneof(
        { weight: 6, arbitrary: fc.constant('fresh' as const) },
        fc.constant('stale' as const),
        fc.constant('none' as const),
      ),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('execute' as const), twice: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('withdraw' as const), by: anyone }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('role' as const), of: person, role: fc.constantFrom(...roles) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('disable' as const), of: person }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('vouch' as const),
      of: person,
      by: fc.constantFrom(...people, 'outsider'),
      alone: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('tamper' as const), what: fc.constantFrom(...tamperings) }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'replay' as const }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), minutes: fc.integer({ min: 1, max: 300 }) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('restart' as const),
      during: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: 30 }),
    }),
  },
)

export type History = {
  readonly action: 'quarantine-file' | 'delete-file' | 'block-mail-sender'
  readonly steps: readonly Step[]
}

export const submit: Step = { kind: 'submit', by: 'ana' }
export const yes = (by: string): Step => ({
  kind: 'decide',
  by,
  decision: 'approve',
  digest: 'right',
  stepUp: 'fresh',
})

/** A history: which action, then up to 14 steps; two in three begin as people would, so that there is something to attack. */
export const history: fc.Arbitrary<History> = fc.record({
  action: fc.constantFrom('quarantine-file', 'delete-file', 'block-mail-sender'),
  steps: fc
    .tuple(
      fc.constantFrom<readonly Step[]>([], [submit], [submit, yes('ben')], [submit, yes('ben'), yes('cleo')]),
      fc.array(step, { minLength: 3, maxLength: 11 }),
    )
    .map(parts => parts.flat()),
})
