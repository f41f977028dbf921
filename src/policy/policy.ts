import { parse } from 'yaml'
import { z } from 'zod'
import {
  type DataClass,
  dataClasses,
  type ModelTask,
  modelTasks,
  type TrustZone,
  trustZones,
} from '../domain/data-class.ts'
import { AppError, messageOf } from '../lib/app-error.ts'

/** From the mildest to the strictest. The strictest over all classes present decides. */
const decisions = ['allow', 'pseudonymise', 'local', 'refuse'] as const

/**
 * What happens to a class of data. `allow`: as it is; `pseudonymise`: replaced by placeholders; `local`: only a
 * model of zone `local` may be asked, and where there is none, nobody; `refuse`: no model may be asked.
 */
export type Decision = (typeof decisions)[number]

const rule = z.strictObject({
  id: z.string().min(1),
  zones: z.array(z.enum(trustZones)).min(1),
  /** Left out: every task. */
  tasks: z.array(z.enum(modelTasks)).min(1).optional(),
  /** A class left out is refused. */
  classes: z.partialRecord(z.enum(dataClasses), z.enum(decisions)),
})

const policySchema = z.strictObject({
  version: z.literal(1),
  /** The first rule that names the zone and the task decides. No rule: refuse. */
  rules: z.array(rule),
  redaction: z
    .strictObject({
      /** Value classes to leave readable, such as `address.public`. */
      keep: z.array(z.string()).default(['address.public', 'uuid']),
    })
    .default({ keep: ['address.public', 'uuid'] }),
  /** Of which classes the real values stand in a model's brief that is written back to Wazuh. */
  writeBack: z.strictObject({ reveal: z.array(z.enum(dataClasses)) }).optional(),
})

/** Which data class may go to which trust zone for which task: one YAML file, one table in the console. */
export type Policy = Readonly<z.infer<typeof policySchema>>

/** Reads a policy file. Throws `policy-unreadable` with the place: a policy half understood must not be used. */
export function parsePolicy(yamlText: string): Policy {
  let document: unknown
  try {
    document = parse(yamlText, { maxAliasCount: 0 })
  } catch (error) {
    throw new AppError('policy-unreadable', `the policy is not YAML: ${messageOf(error).trim()}`, {
      cause: error,
    })
  }
  const parsed = policySchema.safeParse(document)
  if (!parsed.success) {
    throw new AppError('policy-unreadable', `the policy does not hold:\n${z.prettifyError(parsed.error)}`)
  }
  return parsed.data
}

export interface PolicyQuestion {
  readonly task: ModelTask
  readonly zone: TrustZone
  /** The classes of data present in what would be sent, before redaction. */
  readonly classes: readonly DataClass[]
}

export interface PolicyDecision {
  readonly decision: Decision
  /** The id of the rule that decided, or `deny-by-default`. */
  readonly rule: string
  /** For a person, one line per class present. */
  readonly reasons: readonly string[]
}

/** Decides a question. Public data alone is still data: with no rule for it, it does not leave. */
export function decide(policy: Policy, question: PolicyQuestion): PolicyDecision {
  const { task, zone } = question
  const found = policy.rules.find(
    ({ zones, tasks }) => zones.includes(zone) && (tasks === undefined || tasks.includes(task)),
  )
  if (found === undefined) {
    return {
      decision: 'refuse',
      rule: 'deny-by-default',
      reasons: [`no rule speaks of task ${task} in zone ${zone}`],
    }
  }
  const present = dataClasses.filter(name => name === 'public' || question.classes.includes(name))
  const fates = present.map(name => ({ name, fate: found.classes[name] ?? 'refuse' }))
  const strictest = Math.max(...fates.map(({ fate }) => decisions.indexOf(fate)))
  return {
    decision: decisions[strictest] ?? 'refuse',
    rule: found.id,
    reasons: fates.map(({ name, fate }) =>
      found.classes[name] === undefined
        ? `rule ${found.id} does not speak of ${name} data: refuse`
        : `rule ${found.id}: ${name} data in zone ${zone}: ${fate}`,
    ),
  }
}

/**
 * The classes whose real values go into Wazuh with a brief: all but secrets where policy does not say. Who reads that
 * index has the raw alerts in it; a password has no business in one more place.
 */
export function revealedInWazuh(policy: Policy): readonly DataClass[] {
  return policy.writeBack?.reveal ?? ['public', 'internal', 'confidential']
}

/** Whether a class is replaced before it goes: everything that the rule does not plainly allow. */
export function mustReplace(
  policy: Policy,
  question: Omit<PolicyQuestion, 'classes'>,
  name: DataClass,
): boolean {
  return decide(policy, { ...question, classes: [name] }).decision !== 'allow'
}
