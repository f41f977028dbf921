import { attackVersion } from '../knowledge/attack-techniques.ts'

/** How often a technique was met: in reports, and in our own alerts. */
export interface TechniqueCoverage {
  readonly id: string
  readonly reports: number
  readonly alerts: number
}

/**
 * An ATT&CK Navigator layer: how often reports describe a technique as the score, red where none of our alerts ever carried
 * it. Source: https://github.com/mitre-attack/attack-navigator/blob/master/layers/LAYERFORMATv4_5.md.
 */
export function navigatorLayer(
  name: string,
  coverage: readonly TechniqueCoverage[],
): Readonly<Record<string, unknown>> {
  const most = Math.max(1, ...coverage.map(({ reports }) => reports))
  return {
    name,
    versions: { attack: attackVersion.version, navigator: '5.1.0', layer: '4.5' },
    domain: attackVersion.domain,
    description: 'Score: reports that describe the technique. Red: described, and never seen in our alerts.',
    techniques: coverage.map(({ id, reports, alerts }) => ({
      techniqueID: id,
      score: reports,
      comment: `${reports} reports, ${alerts} alerts`,
      ...(reports > 0 && alerts === 0 ? { color: '#e5484d' } : {}),
      enabled: true,
    })),
    gradient: { colors: ['#ffffff', '#3b82f6'], minValue: 0, maxValue: most },
  }
}
