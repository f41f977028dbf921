import { includesRole } from '../../domain/role.ts'
import { keepRecord, type RecordParts } from '../../governance/keep-record.ts'
import { recordKinds } from '../../governance/record-kinds.ts'
import { acknowledge, acknowledgements, findRecord, listRecords } from '../../store/governance-records.ts'
import { readOversight } from '../../store/oversight.ts'
import { wasDone } from '../contract.ts'
import { governanceEndpoints } from '../contract-governance.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const dayMs = 86_400_000
/** Nobody reads a brief with its evidence in less. */
const hastySeconds = 5

/** Registers, the policy on the use of AI, and how people decide on what models propose. */
export function governanceRoutes(parts: RecordParts & { readonly tenant: string }): Route[] {
  const { database, tenant, clock } = parts
  const policyNow = async () => {
    const record = await findRecord(database, tenant, 'policy')
    if (record === undefined) return undefined
    const { title, text } = recordKinds.policy.parse(record.content)
    return { title, text, version: record.version, changedMs: record.changedMs }
  }
  return [
    route(governanceEndpoints.listRecords, async ({ params }) => {
      const records = await listRecords(database, tenant, params.kind)
      const people = await namedPeople(
        database,
        tenant,
        records.flatMap(each => [each.createdBy, each.changedBy]),
      )
      return {
        records: records.map(({ kind: _kind, content, createdBy, changedBy, ...record }) => ({
          ...record,
          content: content as Record<string, string>, // Every member of every kind is text.
          createdBy: people(createdBy),
          changedBy: people(changedBy),
        })),
      }
    }),
    route(governanceEndpoints.addRecord, async ({ params, body, caller }) => ({
      id: await keepRecord(
        parts,
        tenant,
        { kind: params.kind, content: body.content, before: 0 },
        personOf(caller).user.id,
      ),
    })),
    route(governanceEndpoints.changeRecord, async ({ params, body, caller }) => {
      const record = { kind: params.kind, id: params.id, content: body.content, before: body.version }
      await keepRecord(parts, tenant, record, personOf(caller).user.id)
      return wasDone
    }),
    route(governanceEndpoints.readAiPolicy, async ({ caller }) => {
      const policy = await policyNow()
      if (policy === undefined) return { policy: null, acknowledgedMs: null, people: null }
      const { user } = personOf(caller)
      const rows = await acknowledgements(database, tenant, policy.version)
      return {
        policy,
        acknowledgedMs: rows.find(({ id }) => id === user.id)?.atMs ?? null,
        people: includesRole(user.role, 'approver')
          ? rows.map(({ atMs, ...person }) => ({ person, atMs }))
          : null,
      }
    }),
    route(governanceEndpoints.acknowledgePolicy, async ({ body, caller }) => {
      const policy = await policyNow()
      if (policy?.version !== body.version)
        throw new RequestError('conflict', 'the policy has changed meanwhile: read it again')
      await acknowledge(database, tenant, personOf(caller).user.id, body.version, clock.now())
      return wasDone
    }),
    route(governanceEndpoints.readOversight, async ({ query }) => {
      const toMs = clock.now() + 1
      const period = { fromMs: toMs - query.days * dayMs, toMs }
      const sums = await readOversight(database, tenant, period, hastySeconds)
      const people = await namedPeople(
        database,
        tenant,
        sums.byPerson.map(({ byId }) => byId),
      )
      return {
        ...period,
        ...sums,
        hasty: { ...sums.hasty, underSeconds: hastySeconds },
        byWeek: [...sums.byWeek],
        byPerson: sums.byPerson.flatMap(({ byId, ...row }) => {
          const person = people(byId)
          return person === null ? [] : [{ ...row, person }]
        }),
      }
    }),
  ]
}
