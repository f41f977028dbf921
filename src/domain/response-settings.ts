import { z } from 'zod'
import { platforms } from './proposal.ts'

// What an organisation decides about response actions, as its file (response.yaml) and its admins in the console write
// it. Both are read at every check; what holds is the stricter of the two (`respond/response-policy.ts`).

const actionName = z.string().regex(/^[a-z][a-z0-9:-]{1,60}$/, 'not the name of an action')
const shortName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'lower-case letters, digits and dashes')
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time such as 22:00')
const oneLine = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}]*$/u, 'one line of text')

/** What no action may touch. `address` takes CIDR ranges, `path`, `host` and `account` take a trailing `*`. */
const protectedAsset = z.strictObject({
  kind: z.enum(['path', 'account', 'address', 'host', 'process', 'mail-address', 'mail-domain']),
  value: oneLine,
  why: oneLine,
})

/** Hours (UTC) in which these actions wait. `from` may be later than `to`: overnight. */
export const quietHours = z.strictObject({
  from: timeOfDay,
  to: timeOfDay,
  actions: z.array(actionName).min(1).max(50),
})

function isRegularExpression(text: string): boolean {
  try {
    return new RegExp(`^(?:${text})$`, 'u') !== undefined
  } catch {
    return false // The constructor throws for what it cannot read.
  }
}

/** One argument of a command. Wazuh splits arguments at spaces: a value never has one, nor a dash at its start. */
const commandArgument = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('text'),
    name: shortName,
    /** A regular expression that the whole value must match. */
    pattern: z.string().min(1).max(200).refine(isRegularExpression, 'not a regular expression'),
    maxLength: z.number().int().min(1).max(500).default(200),
  }),
  z.strictObject({
    kind: z.literal('choice'),
    name: shortName,
    choices: z
      .array(z.string().regex(/^[^\s-]\S{0,99}$/))
      .min(1)
      .max(50),
  }),
  z.strictObject({
    kind: z.literal('number'),
    name: shortName,
    min: z.number().int().default(0),
    max: z.number().int(),
  }),
  z.strictObject({ kind: z.enum(['address', 'account', 'path']), name: shortName }),
])
export type CommandArgument = z.output<typeof commandArgument>

/** An active-response command of the organisation's own, which people may propose. */
const customCommand = z.strictObject({
  name: shortName,
  title: oneLine,
  /** As Wazuh knows it: a command of ar.conf (`restart-nginx0`), or `!script` in the agent's active-response/bin. */
  command: z
    .string()
    .regex(/^!?[A-Za-z0-9][\w.-]{0,99}$/, 'the name of a command, or ! and the name of a script'),
  arguments: z.array(commandArgument).max(10).default([]),
  platforms: z.array(z.enum(platforms)).min(1),
  effect: z.enum(['reads', 'reversible', 'irreversible']),
  approvers: z.number().int().min(1).max(5),
  /** What else suffers, for whoever approves. */
  risk: oneLine,
  /** The command that takes it back, called with the same arguments. */
  reversibleBy: shortName.optional(),
})
export type CustomCommand = z.output<typeof customCommand>

/** Secrets of ticket systems are named, not written: an environment variable of this prefix and no other. */
const secretName = z.string().regex(/^TOCSIN_HOOK_[A-Z0-9_]{1,60}$/, 'the name of a variable TOCSIN_HOOK_…')

/** A ticket system or another receiver outside, which people may propose to tell. */
const ticketDestination = z.strictObject({
  name: shortName,
  title: oneLine,
  url: z.url({ protocol: /^https?$/ }),
  format: z.enum(['json', 'jira', 'servicenow']).default('json'),
  /** Project and type of issue, for Jira. */
  project: z.string().max(50).optional(),
  issueType: z.string().max(50).default('Task'),
  /** Signs each request with HMAC-SHA-256. */
  signingKey: secretName.optional(),
  /** Sent whole as `Authorization`. */
  authorization: secretName.optional(),
  /** Networks that the host may resolve to besides public ones. */
  networks: z.array(z.string().max(60)).max(20).default([]),
  approvers: z.number().int().min(1).max(5).default(1),
})
export type TicketDestination = z.output<typeof ticketDestination>

export const responseSettings = z
  .strictObject({
    protectedAssets: z.array(protectedAsset).max(1000).default([]),
    quietHours: z.array(quietHours).max(20).default([]),
    /** How long a submitted proposal stays open. */
    expiryMinutes: z.number().int().min(5).max(10_080).optional(),
    /** How fresh a step-up must be at the moment of the decision. */
    stepUpMinutes: z.number().int().min(1).max(60).optional(),
    /** How long a new account, role or password made by one admin alone counts for nothing where two people are needed. */
    newRightHours: z.number().int().min(0).max(720).optional(),
    /** More approvers than an action takes by itself; fewer is never taken. */
    approvals: z.record(actionName, z.number().int().min(1).max(5)).default({}),
    /** After so many hours a containment that still stands is brought up again, with a rollback prepared. */
    reviewAfterHours: z.record(actionName, z.number().int().min(1).max(8760)).default({}),
    /** Show what would be sent, and send nothing. */
    dryRun: z.boolean().optional(),
    commands: z.array(customCommand).max(100).default([]),
    tickets: z.array(ticketDestination).max(50).default([]),
  })
  .superRefine((settings, context) => {
    for (const [list, path] of [
      [settings.commands, 'commands'],
      [settings.tickets, 'tickets'],
    ] as const) {
      const names = list.map(each => each.name)
      const twice = names.findIndex((name, index) => names.indexOf(name) !== index)
      if (twice !== -1)
        context.addIssue({ code: 'custom', path: [path, twice, 'name'], message: 'a name stands twice' })
    }
  })
export type ResponseSettings = z.output<typeof responseSettings>
export type ResponseSettingsInput = z.input<typeof responseSettings>

export const noResponseSettings: ResponseSettings = responseSettings.parse({})
