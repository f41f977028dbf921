import {
  type DataClass,
  dataClasses,
  type ModelTask,
  modelTasks,
  type TrustZone,
  trustZones,
} from '../domain/data-class.ts'
import { type Decision, decide, type Policy } from './policy.ts'

/** What becomes of each class of data on the way to one zone, for the tasks for which it is the same. */
export interface PolicyTableRow {
  readonly zone: TrustZone
  readonly tasks: readonly ModelTask[]
  readonly rule: string
  readonly fates: Readonly<Record<DataClass, Decision>>
}

/** The whole policy as one table, made by asking it: what it shows is what it does. */
export function policyTable(policy: Policy): PolicyTableRow[] {
  return trustZones.flatMap(zone => {
    const rows = modelTasks.map(task => rowOf(policy, zone, task))
    const same = Map.groupBy(rows, row => JSON.stringify([row.rule, row.fates]))
    return [...same.values()].flatMap(group => {
      const [first] = group
      return first === undefined ? [] : [{ ...first, tasks: group.flatMap(({ tasks }) => tasks) }]
    })
  })
}

function rowOf(policy: Policy, zone: TrustZone, task: ModelTask): PolicyTableRow {
  // A record over all classes has each of them.
  const fates = Object.fromEntries(
    dataClasses.map(name => [name, decide(policy, { task, zone, classes: [name] }).decision]),
  ) as Record<DataClass, Decision>
  return { zone, tasks: [task], rule: decide(policy, { task, zone, classes: [] }).rule, fates }
}
