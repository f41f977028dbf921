import type { IntelParts } from '../../intel/add-report.ts'
import { techniqueCoverage } from '../../intel/coverage.ts'
import { type ImportedLayer, navigatorLayer, readLayer } from '../../intel/navigator-layer.ts'
import { type AttackKnowledge, shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { attackVersion } from '../../knowledge/attack-techniques.ts'
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
        const { name, techniques, unknown } = layerOf(body.content, attack)
        const id = parts.ids.next('layer')
        const by = actorId(caller)
        await insertLayer(database, tenant, { id, name, techniques, by, createdMs: clock.now() })
        return { id, techniques: techniques.length, unknown: [...unknown] }
      },
      { bodyBytes: 5 * 1024 * 1024 },
    ),
    route(intelCoverageEndpoints.deleteLayer, async ({ params }) => {
      if (!(await deleteLayer(database, tenant, params.id)))
        throw new RequestError('not-found', `there is no layer ${params.id}`)
      return wasDone
    }),
    streamRoute(intelCoverageEndpoints.navigatorLayer, async ({ reply }) => {
      const layer = navigatorLayer('Tocsin: reports against alerts', (await coverageOf(parts)).techniques)
      reply.header('content-type', 'application/json; charset=utf-8')
      reply.header('content-disposition', 'attachment; filename="tocsin-layer.json"')
      reply.send(JSON.stringify(layer, null, 2))
    }),
  ]
}

function layerOf(content: string, attack: AttackKnowledge): ImportedLayer {
  try {
    return readLayer(JSON.parse(content), attack)
  } catch (error) {
    throw new RequestError('bad-request', `the layer could not be read: ${messageOf(error)}`)
  }
}

async function coverageOf({ database, tenant, attack = shippedAttack }: IntelParts): Promise<Coverage> {
  const counted = await techniqueCoverage(database, tenant, attack)
  return {
    attackVersion: attackVersion.version,
    otherDomains: [...attack.otherDomains],
    tactics: attack.columns.map(({ key, name }) => ({ shortName: key, name })),
    techniques: counted.flatMap(({ id, ...counts }) => {
      const technique = attack.current(id)
      if (technique === undefined) return []
      return [{ id, name: technique.name, tactics: [...technique.columns], ...counts }]
    }),
  }
}
