import { z } from 'zod'
import { type AttackKnowledge, shippedAttack } from '../knowledge/attack-knowledge.ts'
import { attackVersion, lookUpTechnique } from '../knowledge/attack-techniques.ts'
import { AppError } from '../lib/app-error.ts'
import type { LayerTechnique } from '../store/intel-layers.ts'

/** How often a technique was met: in reports, and in our own alerts. */
export interface TechniqueCoverage {
  readonly id: string
  readonly reports: number
  readonly alerts: number
}

/**
 * An ATT&CK Navigator layer: how often reports describe a technique as the score, red where none of our alerts ever carried
 * it. A layer is of one domain: techniques of others are left out. Source: https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md.
 */
export function navigatorLayer(
  name: string,
  coverage: readonly TechniqueCoverage[],
): Readonly<Record<string, unknown>> {
  const own = coverage.filter(({ id }) => lookUpTechnique(id).kind !== 'unknown')
  const most = Math.max(1, ...own.map(({ reports }) => reports))
  return {
    name,
    versions: { attack: attackVersion.version, navigator: '5.1.0', layer: '4.5' },
    domain: attackVersion.domain,
    description: 'Score: reports that describe the technique. Red: described, and never seen in our alerts.',
    techniques: own.map(({ id, reports, alerts }) => ({
      techniqueID: id,
      score: reports,
      comment: `${reports} reports, ${alerts} alerts`,
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

const layerFile = z.looseObject({
  name: z.string().max(300).catch('Layer'),
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

/** Reads a Navigator layer of format 4.x. Retired ids count for what took their place. Throws `bad-layer`. */
export function readLayer(json: unknown, attack: AttackKnowledge = shippedAttack): ImportedLayer {
  const parsed = layerFile.safeParse(json)
  if (!parsed.success)
    throw new AppError(
      'bad-layer',
      'this is no Navigator layer: it has no list of techniques with techniqueID',
    )
  const techniques = new Map<string, LayerTechnique>()
  const unknown: string[] = []
  for (const { techniqueID, score, comment, enabled } of parsed.data.techniques) {
    if (!enabled) continue
    const technique = attack.current(techniqueID)
    if (technique === undefined) unknown.push(techniqueID)
    else techniques.set(technique.id, { id: technique.id, score: score ?? null, comment: comment ?? '' })
  }
  return { name: parsed.data.name, techniques: [...techniques.values()], unknown }
}
