import { createHash } from 'node:crypto'
import type { ModelRole, ModelState } from '../../domain/model-state.ts'

/** A model that is set up, with the profile behind it. */
export interface RoutedModel {
  readonly name: string
  readonly profileId: string
  readonly state: ModelState
}

/**
 * Which models answer a question about a case, in order: a canary first where the case falls into its share, then the
 * active ones. The share goes by the case, so that all questions about one case go to the same model.
 */
export function chooseProfiles(
  models: readonly RoutedModel[],
  caseId: string,
  canaryPercent: number,
  onlyProfile: string | undefined,
): (RoutedModel & { readonly role: ModelRole })[] {
  if (onlyProfile !== undefined) {
    const only = models.find(({ profileId, state }) => profileId === onlyProfile && state === 'shadow')
    return only === undefined ? [] : [{ ...only, role: 'shadow' }]
  }
  const inShare = placeOf(caseId) < canaryPercent
  return [
    ...models
      .filter(({ state }) => state === 'canary' && inShare)
      .map(each => ({ ...each, role: 'canary' as const })),
    ...models.filter(({ state }) => state === 'active').map(each => ({ ...each, role: 'active' as const })),
  ]
}

/** 0 to 99, the same for a case everywhere and always. */
function placeOf(caseId: string): number {
  return createHash('sha256').update(`canary ${caseId}`).digest().readUInt32BE(0) % 100
}
