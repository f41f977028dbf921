import type { IntelParts } from '../../intel/add-report.ts'
import { techniqueCoverage } from '../../intel/coverage.ts'
import { type Digest, type DigestEntry, digestMarkdown, digestPdf, readDigest } from '../../intel/digest.ts'
import { type ImportedLayer, navigatorLayer, readLayer } from '../../intel/navigator-layer.ts'
import { indicatorsCsv, mispEvent, stixBundle } from '../../intel/stix-export.ts'
import { type AttackKnowledge, shippedAttack } from '../../knowledge/attack-knowledge.ts'
import { attackVersion } from '../../knowledge/attack-techniques.ts'
import { assertNever, messageOf } from '../../lib/app-error.ts'
import { sightingTotals } from '../../store/intel-hunts.ts'
import { deleteLayer, insertLayer, type LayerTechnique, listLayers } from '../../store/intel-layers.ts'
import { readProfile, writeProfile } from '../../store/intel-profile.ts'
import { mentionsOf } from '../../store/intel-reports.ts'
import { wasDone } from '../contract.ts'
import { type Coverage, intelEndpoints } from '../contract-intel.ts'
import { RequestError } from '../http-error.ts'
import { type Route, route, streamRoute } from '../route.ts'
import { existingReport } from './intel-routes.ts'
import { actorId } from './session-routes.ts'

const shownLayers = 50

/** What leaves as a file: indicators of a report, the ATT&CK layer, the digest. */
export function intelExportRoutes(parts: IntelParts): Route[] {
  const { database, tenant, clock, attack = shippedAttack } = parts
  return [
    streamRoute(intelEndpoints.exportReport, async ({ params, query, reply }) => {
      const report = await existingReport(parts, params.id)
      if (report.tlp === 'TLP:RED')
        throw new RequestError(
          'forbidden',
          'this report is TLP:RED: it is for the named recipients and not exported',
        )
      const indicators = await mentionsOf(database, tenant, report.id)
      const exported = { ...report, title: report.title ?? report.name, indicators }
      const name = report.id.replaceAll(/[^\w-]/g, '')
      const send = (type: string, file: string, body: string) =>
        reply
          .header('content-type', type)
          .header('content-disposition', `attachment; filename="${file}"`)
          .send(body)
      switch (query.format) {
        case 'stix': {
          const totals = await sightingTotals(database, tenant, report.id)
          return void send(
            'application/stix+json;version=2.1',
            `${name}.stix.json`,
            JSON.stringify(stixBundle(exported, totals, clock.now(), attack), null, 2),
          )
        }
        case 'misp':
          return void send(
            'application/json; charset=utf-8',
            `${name}.misp.json`,
            JSON.stringify(mispEvent(exported, attack), null, 2),
          )
        case 'csv':
          return void send('text/csv; charset=utf-8', `${name}.csv`, indicatorsCsv(exported))
        default:
          return assertNever(query.format)
      }
    }),
    route(intelEndpoints.coverage, () => coverageOf(parts)),
    route(intelEndpoints.listLayers, async () => {
      const layers = await listLayers(database, tenant, shownLayers)
      const told = (technique: LayerTechnique) => {
        const known = attack.current(technique.id)
        const tactics = [...(known?.columns ?? [])]
        return { ...technique, name: known?.name ?? technique.id, tactics }
      }
      return { layers: layers.map(each => ({ ...each, techniques: each.techniques.map(told) })) }
    }),
    route(
      intelEndpoints.addLayer,
      async ({ body, caller }) => {
        const { name, techniques, unknown } = layerOf(body.content, attack)
        const id = parts.ids.next('layer')
        const by = actorId(caller)
        await insertLayer(database, tenant, { id, name, techniques, by, createdMs: clock.now() })
        return { id, techniques: techniques.length, unknown: [...unknown] }
      },
      { bodyBytes: 5 * 1024 * 1024 },
    ),
    route(intelEndpoints.deleteLayer, async ({ params }) => {
      if (!(await deleteLayer(database, tenant, params.id)))
        throw new RequestError('not-found', `there is no layer ${params.id}`)
      return wasDone
    }),
    streamRoute(intelEndpoints.navigatorLayer, async ({ reply }) => {
      const layer = navigatorLayer('Tocsin: reports against alerts', (await coverageOf(parts)).techniques)
      reply.header('content-type', 'application/json; charset=utf-8')
      reply.header('content-disposition', 'attachment; filename="tocsin-layer.json"')
      reply.send(JSON.stringify(layer, null, 2))
    }),
    route(intelEndpoints.digest, async ({ query }) => {
      const { gaps, ...digest } = await digestOf(parts, query.days)
      const plain = (entries: readonly DigestEntry[]) =>
        entries.map(entry => ({
          ...entry,
          reasons: [...entry.reasons],
          techniqueIds: [...entry.techniqueIds],
        }))
      return {
        ...digest,
        concerning: plain(digest.concerning),
        others: plain(digest.others),
        gaps: gaps.map(gap => ({ ...gap, name: attack.current(gap.id)?.name ?? gap.id })),
      }
    }),
    streamRoute(intelEndpoints.digestFile, async ({ query, reply }) => {
      const digest = await digestOf(parts, query.days)
      const isPdf = query.format === 'pdf'
      reply.header('content-type', isPdf ? 'application/pdf' : 'text/markdown; charset=utf-8')
      reply.header('content-disposition', `attachment; filename="intel-digest.${isPdf ? 'pdf' : 'md'}"`)
      reply.send(isPdf ? await digestPdf(digest) : digestMarkdown(digest))
    }),
    route(intelEndpoints.readProfile, async () => {
      const { sectors, technologies, recipients, cadence, hour, sentMs, lastError } = await readProfile(
        database,
        tenant,
      )
      const lists = {
        sectors: [...sectors],
        technologies: [...technologies],
        recipients: [...recipients],
      }
      return { profile: { ...lists, cadence, hour, sentMs, lastError, canSend: parts.canSend ?? false } }
    }),
    route(intelEndpoints.writeProfile, async ({ body, caller }) => {
      await writeProfile(database, tenant, body, actorId(caller), clock.now())
      return wasDone
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

async function digestOf({ database, tenant, clock, attack }: IntelParts, days: number): Promise<Digest> {
  const profile = await readProfile(database, tenant)
  const coverage = await techniqueCoverage(database, tenant, attack)
  return readDigest(database, tenant, profile, coverage, days, clock.now())
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
