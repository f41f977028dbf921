import { isDeepStrictEqual } from 'node:util'
import {
  type CustomCommand,
  noResponseSettings,
  type ResponseSettings,
  type TicketDestination,
} from '../domain/response-settings.ts'
import type { ProtectedAsset } from './protected-assets.ts'

/** What holds about actions at this moment: read anew at every check, shown in the console and by `tocsin doctor`. */
export interface ResponsePolicy {
  readonly protectedAssets: readonly ProtectedAsset[]
  /** Actions (by name) that wait in these hours; minutes of the day, UTC. `from` may be later than `to`: overnight. */
  readonly quietHours: readonly {
    readonly fromMinute: number
    readonly toMinute: number
    readonly actions: readonly string[]
  }[]
  /** How long a submitted proposal stays open. */
  readonly expiryMs: number
  /** How fresh a step-up must be at the moment of the decision. */
  readonly stepUpMaxAgeMs: number
  /** How long whoever made an account, raised it or renewed its credentials counts as being behind it. */
  readonly newRightMs: number
  /** By action: more approvers than it takes by itself. Fewer is never taken. */
  readonly approvals: Readonly<Record<string, number>>
  /** By action: how long it may stand before people are asked to look at it again. */
  readonly reviewAfterMs: Readonly<Record<string, number>>
  /** Show what would be sent, and send nothing. */
  readonly dryRun: boolean
  readonly commands: readonly CustomCommand[]
  readonly tickets: readonly TicketDestination[]
}

const minuteMs = 60_000
const defaultExpiryMinutes = 240
const defaultStepUpMinutes = 5
const defaultNewRightHours = 24

/**
 * The stricter of all layers (the file, the console): what one protects, no other exposes; of two limits the tighter
 * counts; a command or ticket system of one name is the first layer's.
 */
export function policyOf(layers: readonly ResponseSettings[]): ResponsePolicy {
  const least = (values: readonly (number | undefined)[], otherwise: number) => {
    const given = values.filter(value => value !== undefined)
    return given.length === 0 ? otherwise : Math.min(...given)
  }
  return {
    protectedAssets: layers.flatMap(layer => layer.protectedAssets),
    quietHours: layers
      .flatMap(layer => layer.quietHours)
      .map(({ from, to, actions }) => ({ fromMinute: minuteOf(from), toMinute: minuteOf(to), actions })),
    expiryMs:
      least(
        layers.map(layer => layer.expiryMinutes),
        defaultExpiryMinutes,
      ) * minuteMs,
    stepUpMaxAgeMs:
      least(
        layers.map(layer => layer.stepUpMinutes),
        defaultStepUpMinutes,
      ) * minuteMs,
    newRightMs: longest(layers.map(layer => layer.newRightHours)) * 60 * minuteMs,
    approvals: merged(
      layers.map(layer => layer.approvals),
      Math.max,
    ),
    reviewAfterMs: merged(
      layers.map(layer => mapValues(layer.reviewAfterHours, hours => hours * 60 * minuteMs)),
      Math.min,
    ),
    dryRun: layers.some(layer => layer.dryRun === true),
    commands: firstOfEachName(layers.flatMap(layer => layer.commands)),
    tickets: firstOfEachName(layers.flatMap(layer => layer.tickets)),
  }
}

export const defaultResponsePolicy: ResponsePolicy = policyOf([noResponseSettings])

function longest(hours: readonly (number | undefined)[]): number {
  const given = hours.filter(each => each !== undefined)
  return given.length === 0 ? defaultNewRightHours : Math.max(...given)
}

function minuteOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

function mapValues(record: Readonly<Record<string, number>>, change: (value: number) => number) {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))
}

function merged(
  records: readonly Readonly<Record<string, number>>[],
  choose: (a: number, b: number) => number,
): Record<string, number> {
  const all: Record<string, number> = {}
  for (const [key, value] of records.flatMap(record => Object.entries(record)))
    all[key] = all[key] === undefined ? value : choose(all[key], value)
  return all
}

function firstOfEachName<T extends { readonly name: string }>(list: readonly T[]): T[] {
  return [...new Map(list.toReversed().map(each => [each.name, each])).values()].reverse()
}

/** Whether an action waits now. */
export function isQuiet(policy: ResponsePolicy, action: string, nowMs: number): boolean {
  const minute = Math.floor(nowMs / minuteMs) % 1440
  return policy.quietHours.some(
    quiet =>
      quiet.actions.includes(action) &&
      (quiet.fromMinute <= quiet.toMinute
        ? minute >= quiet.fromMinute && minute < quiet.toMinute
        : minute >= quiet.fromMinute || minute < quiet.toMinute),
  )
}

/**
 * In words, each way in which `after` allows what `before` did not. Empty: the change only tightens. A new command or
 * receiver is more power, so it counts.
 */
export function weakenings(before: ResponsePolicy, after: ResponsePolicy): string[] {
  const lost = <T>(list: readonly T[], now: readonly T[]) =>
    list.filter(each => !now.some(other => isDeepStrictEqual(each, other)))
  const names = [...new Set([...Object.keys(before.approvals), ...Object.keys(after.approvals)])]
  const reviewed = Object.entries(before.reviewAfterMs)
  return [
    ...lost(
      before.protectedAssets.map(({ kind, value }) => ({ kind, value })),
      after.protectedAssets.map(({ kind, value }) => ({ kind, value })),
    ).map(asset => `${asset.kind} ${asset.value} is no longer protected`),
    ...lost(before.quietHours, after.quietHours).map(
      quiet => `quiet hours of ${quiet.actions.join(', ')} end or change`,
    ),
    ...(after.expiryMs > before.expiryMs
      ? [`proposals stay open for ${after.expiryMs / minuteMs} minutes, not ${before.expiryMs / minuteMs}`]
      : []),
    ...(after.stepUpMaxAgeMs > before.stepUpMaxAgeMs
      ? [
          `proof of identity counts for ${after.stepUpMaxAgeMs / minuteMs} minutes, not ${before.stepUpMaxAgeMs / minuteMs}`,
        ]
      : []),
    ...(after.newRightMs < before.newRightMs
      ? [
          `a new right counts after ${after.newRightMs / (60 * minuteMs)} hours, not ${before.newRightMs / (60 * minuteMs)}`,
        ]
      : []),
    ...names.flatMap(name => {
      const [was = 0, is = 0] = [before.approvals[name], after.approvals[name]]
      return is < was ? [`${name} takes fewer approvers than the ${was} of before`] : []
    }),
    ...reviewed.flatMap(([name, ms]) =>
      (after.reviewAfterMs[name] ?? Number.POSITIVE_INFINITY) > ms
        ? [`${name} is looked at again later, or not at all`]
        : [],
    ),
    ...(before.dryRun && !after.dryRun ? ['actions are sent, no longer only shown'] : []),
    ...lost(after.commands, before.commands).map(command => `command ${command.name} is new or changed`),
    ...lost(after.tickets, before.tickets).map(ticket => `receiver ${ticket.name} is new or changed`),
  ]
}
