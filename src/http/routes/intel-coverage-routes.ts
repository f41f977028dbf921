import type { IntelParts } from '../../intel/add-report.ts'
import { techniqueCoverage } from '../../intel/coverage.ts'
import { type ImportedLayer, navigatorLayer, readLayers } from '../../intel/navigator-layer.ts'
import { type AttackKnowledge, shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { messageOf } from '../../lib/app-error.ts'
import { deleteLayer, insertLayer, type LayerTechnique, listLayers } from '../../store/intel-layers.ts'
import { wasDone } from '../contract.ts'
import { type Coverage, intelCoverageEndpoints } from '../contract-intel-coverage.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route, streamRoute } from '../route.ts'
import { actorId } from './session-routes.ts'

const shownLayers = 50

/** What reports describe against what alerts carry, and Navigator layers in and out. */
export function intelCoverageRoutes(parts: IntelParts): Route[] {
  const { database, tenant, clock, attack = shippedAttack } = parts
  return [
    route(intelCoverageEndpoints.coverage, () => coverageOf(parts)),
    route(intelCoverageEndpoints.listLayers, async () => {
      const layers = await listLayers(database, tenant, shownLayers)
      const told = (technique: LayerTechnique) => {
        const known = attack.current(technique.id)
        const tactics = [...(known?.columns ?? [])]
        return { ...technique, name: known?.name ?? technique.id, tactics }
      }
      return { layers: layers.map(each => ({ ...each, techniques: each.techniques.map(told) })) }
    }),
    route(
      intelCoverageEndpoints.addLayer,
      async ({ body, caller }) => {
        const read = layersOf(body.content, attack)
        const by = actorId(caller)
        const createdMs = clock.now()
        const layers = read.map(each => ({ ...each, id: parts.ids.next('layer') }))
        await database.transaction(async sql => {
          for (const { id, name, techniques } of layers)
            await insertLayer(sql, tenant, { id, name, techniques, by, createdMs })
        })
        return {
          layers: layers.map(({ id, name, techniques, unknown }) => ({
            id,
            name,
            techniques: techniques.length,
            unknown: [...unknown],
          })),
        }
      },
      { bodyBytes: 5 * 1024 * 1024 },
    ),
    route(intelCoverageEndpoints.deleteLayer, async ({ params }) => {
      if (!(await deleteLayer(database, tenant, params.id)))
        throw new RequestError('not-found', `there is no layer ${params.id}`)
      return wasDone
    }),
    streamRoute(intelCoverageEndpoints.navigatorLayer, async ({ query, reply }) => {
      const domain = attack.domains.find(({ id }) => id === query.domain)
      if (domain === undefined)
        throw new RequestError(
          'not-found',
          `${query.domain} is not known here; there are ${attack.domains.map(({ id }) => id).join(', ')}`,
        )
      const counted = await techniqueCoverage(database, tenant, attack)
      const layer = navigatorLayer(`Tocsin: reports against alerts, ${domain.name}`, counted, domain, attack)
      reply.header('content-type', 'application/json; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="tocsin-${domain.id}-layer.json"`)
      reply.send(JSON.stringify(layer, null, 2))
    }),
  ]
}

function layersOf(content: string, attack: AttackKnowledge): ImportedLayer[] {
  try {
    return readLayers(JSON.parse(content), attack)
  } catch (error) {
    throw new RequestError('bad-request', `the layer could not be read: ${messageOf(error)}`)
  }
}

async function coverageOf({ database, tenant, attack = shippedAttack }: IntelParts): Promise<Coverage> {
  const counted = await techniqueCoverage(database, tenant, attack)
  return {
    domains: attack.domains.map(each => ({ ...each })),
    tactics: attack.columns.map(({ key, name }) => ({ shortName: key, name })),
    techniques: counted.flatMap(({ id, ...counts }) => {
      const technique = attack.current(id)
      if (technique === undefined) return []
      return [{ id, name: technique.name, tactics: [...technique.columns], ...counts }]
    }),
  }
}
