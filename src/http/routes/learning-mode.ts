import type { Sql } from '../../lib/database.ts'
import { learningOf } from '../../store/assistant-learning.ts'
import { RequestError } from '../http-error.ts'

/** Whether a person is asked for a hypothesis of their own first, and whether they may switch it off. */
export async function learningState(sql: Sql, tenant: string, userId: string) {
  const { wanted, requiredBy } = await learningOf(sql, tenant, userId)
  return { wanted, required: requiredBy !== null }
}

/** Learning mode: on a case, the person says first what they think. Held by the server, so that no client can leave it out. */
export async function requireHypothesis(
  sql: Sql,
  tenant: string,
  userId: string,
  hypothesis: string | undefined,
): Promise<void> {
  if ((hypothesis ?? '') !== '') return
  const { wanted, required } = await learningState(sql, tenant, userId)
  if (wanted || required)
    throw new RequestError(
      'hypothesis-required',
      'say first what you think happened and why: the answer follows your own hypothesis',
      'body/hypothesis',
    )
}
