/**
 * How far a model profile is trusted. `candidate`: set up, asked nothing. `shadow`: asked beside the one in use on real
 * cases, shown to nobody. `canary`: in use for a share of the cases. `active`: in use. `retired`: not asked any more.
 */
export const modelStates = ['candidate', 'shadow', 'canary', 'active', 'retired'] as const
export type ModelState = (typeof modelStates)[number]

/** Where a person may move a profile from each state. Up goes one step at a time; back and out, any. */
export const modelMoves: Readonly<Record<ModelState, readonly ModelState[]>> = {
  candidate: ['shadow', 'retired'],
  shadow: ['canary', 'candidate', 'retired'],
  canary: ['active', 'shadow', 'candidate', 'retired'],
  active: ['canary', 'shadow', 'retired'],
  retired: ['candidate'],
}

/** Whether a move gives a profile more say than it had. */
export function isPromotion(from: ModelState, to: ModelState): boolean {
  return to !== 'retired' && from !== 'retired' && modelStates.indexOf(to) > modelStates.indexOf(from)
}

/** In what part a profile answered a question: written with every call. */
export type ModelRole = 'active' | 'canary' | 'shadow'
