import type { RespondPorts } from '../../respond/respond-ports.ts'
import { seedSuggestion } from '../../respond/seeded-suggestion.ts'
import { listSeeds, type SeedOutcome } from '../../store/seeded-suggestions.ts'
import { governanceEndpoints, type SeededSuggestionView } from '../contract-governance.ts'
import { RequestError } from '../http-error.ts'
import { namedPeople } from '../named-people.ts'
import { type Route, route } from '../route.ts'
import { personOf } from './session-routes.ts'

const dayMs = 86_400_000

/** Bad suggestions that leads put among the real ones: a measured check against rubber-stamping. */
export function seededRoutes({
  ports,
  tenant,
}: {
  readonly ports: RespondPorts
  readonly tenant: string
}): Route[] {
  const { database, clock } = ports
  return [
    route(governanceEndpoints.seedSuggestion, async ({ body, caller }) => {
      const result = await seedSuggestion(ports, {
        tenant,
        kind: body.kind,
        personId: personOf(caller).user.id,
      })
      if (result.kind === 'refused') throw new RequestError('conflict', result.reason)
      const { proposalId, caseId, whatIsWrong } = result
      return { proposalId, caseId, whatIsWrong }
    }),
    route(governanceEndpoints.listSeeds, async ({ query, caller }) => {
      const me = personOf(caller).user.id
      const rows = await listSeeds(database, tenant, clock.now() - query.days * dayMs)
      // One that is open is a secret of who put it there: else it would be no check.
      const shown = rows.filter(row => fateOf(row) !== 'open' || row.byId === me)
      const people = await namedPeople(
        database,
        tenant,
        shown.flatMap(row => [row.byId, row.decidedBy]),
      )
      return {
        seeds: shown.map(
          ({ byId, decidedBy, decidedMs, state: _state, decision: _decision, ...row }, index) => ({
            ...row,
            by: people(byId),
            decidedBy: people(decidedBy),
            fate: fateOf(shown[index]),
            seconds: decidedMs === null ? null : (decidedMs - row.atMs) / 1000,
          }),
        ),
      }
    }),
  ]
}

function fateOf(row: SeedOutcome | undefined): SeededSuggestionView['fate'] {
  if (row?.decision === 'reject') return 'caught'
  if (row?.decision === 'approve') return 'missed'
  return row?.state === 'awaiting' || row?.state === 'draft' ? 'open' : 'undecided'
}
