import { z } from 'zod'
import { type AttackDomain, type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { AppError } from '../lib/app-error.ts'
import { count } from '../lib/count.ts'
import type { LayerTechnique } from '../store/intel-layers.ts'

/** How often a technique was met: in reports, and in our own alerts. */
export interface TechniqueCoverage {
  readonly id: string
  readonly reports: number
  readonly alerts: number
}

/**
 * An ATT&CK Navigator layer of one domain, as every layer is: how often reports describe a technique as the score, red where none
 * of our alerts ever carried it. Source: https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md.
 */
export function navigatorLayer(
  name: string,
  coverage: readonly TechniqueCoverage[],
  domain: AttackDomain,
  attack: AttackKnowledge,
): Readonly<Record<string, unknown>> {
  const own = coverage.filter(({ id }) => attack.current(id)?.domain === domain.id)
  const most = Math.max(1, ...own.map(({ reports }) => reports))
  return {
    name,
    versions: { attack: domain.version, navigator: '5.1.0', layer: '4.5' },
    domain: domain.id,
    description: 'Score: reports that describe the technique. Red: described, and never seen in our alerts.',
    techniques: own.map(({ id, reports, alerts }) => ({
      techniqueID: id,
      score: reports,
      comment: `${count(reports, 'report')}, ${count(alerts, 'alert')}`,
      ...(reports > 0 && alerts === 0 ? { color: '#e5484d' } : {}),
      enabled: true,
    })),
    gradient: { colors: ['#ffffff', '#3b82f6'], minValue: 0, maxValue: most },
  }
}

/** What a layer made elsewhere says: techniques with a score, and those that it is silent about left out. */
export interface ImportedLayer {
  readonly name: string
  readonly techniques: readonly LayerTechnique[]
  /** Ids that ATT&CK does not have, as far as it is known here. */
  readonly unknown: readonly string[]
}

/** Files of the Navigator that hold several layers hold them as a list. */
const mostLayers = 20

const layerFile = z.looseObject({
  name: z.string().max(300).catch('Layer'),
  domain: z.string().max(50).catch(''),
  techniques: z
    .array(
      z.looseObject({
        techniqueID: z.string().max(20),
        score: z.number().nullish().catch(null),
        comment: z.string().max(5_000).nullish().catch(null),
        enabled: z.boolean().catch(true),
      }),
    )
    .max(5_000),
})

/**
 * Reads a Navigator file of format 4.x: a layer, or a list of layers, one for each domain. Retired ids count for what took their
 * place. Throws `bad-layer`, also for a layer of a domain that is not known here: nothing would be left of it.
 */
export function readLayers(json: unknown, attack: AttackKnowledge = shippedAttack): ImportedLayer[] {
  const list = Array.isArray(json) ? json : [json]
  if (list.length === 0 || list.length > mostLayers)
    throw new AppError(
      'bad-layer',
      `a file holds 1 to ${mostLayers} Navigator layers; this one ${list.length}`,
    )
  return list.map(each => readLayer(each, attack))
}

function readLayer(json: unknown, attack: AttackKnowledge): ImportedLayer {
  const parsed = layerFile.safeParse(json)
  if (!parsed.success)
    throw new AppError(
      'bad-layer',
      'this is no Navigator layer: it has no list of techniques with techniqueID',
    )
  const { name, domain } = parsed.data
  const techniques = new Map<string, LayerTechnique>()
  const unknown = new Set<string>()
  for (const { techniqueID, score, comment, enabled } of parsed.data.techniques) {
    if (!enabled) continue
    const technique = attack.current(techniqueID)
    if (technique === undefined) unknown.add(techniqueID)
    else techniques.set(technique.id, { id: technique.id, score: score ?? null, comment: comment ?? '' })
  }
  if (techniques.size === 0 && unknown.size > 0 && attack.domains.every(({ id }) => id !== domain))
    throw new AppError(
      'bad-layer',
      `the layer '${name}' is of ${domain === '' ? 'a domain' : domain} that is not known here: run 'tocsin knowledge import' with its STIX bundle first`,
    )
  return { name, techniques: [...techniques.values()], unknown: [...unknown] }
}
