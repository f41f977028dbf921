import { readConfig } from '../../config.ts'
import type { Alert } from '../../domain/alert.ts'
import type { Brief } from '../../domain/brief.ts'
import type { CaseContext } from '../../evidence/case-context.ts'
import { type Investigation, investigateCase } from '../../investigate/investigate.ts'
import { modelBrief } from '../../investigate/model-brief.ts'
import { AppError } from '../../lib/app-error.ts'
import { type Problem, problem } from '../../lib/problem.ts'
import type { OpenModels } from '../../main/open-models.ts'
import { openModelsOffline } from '../../main/open-models-for.ts'
import { learnInventory } from '../../redact/learn-inventory.ts'

/** A case told by code and, where a model was named and its answer held, by that model. */
export interface Told extends Investigation {
  readonly brief: Brief
  readonly problems: readonly Problem[]
}

export interface Teller {
  tell(context: CaseContext, signal: AbortSignal): Promise<Told>
  close(): Promise<void>
}

/** Tells cases by code alone, or with a model by its profile. One that cannot be opened is a problem in every record. */
export async function openTeller(profile: string, alerts: readonly Alert[]): Promise<Teller> {
  if (profile === 'none') return tellByCode([])
  const inventory = learnInventory(alerts.map(alert => alert.raw.replaceAll('\n', ' ')).join('\n'))
  let models: OpenModels
  try {
    models = await openModelsOffline(readConfig(), profile, inventory)
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'bad-usage') throw error
    return tellByCode([problem('model-unavailable', `${error.message}. The brief is by code alone.`)])
  }
  return {
    async tell(context, signal) {
      const found = investigateCase(context)
      const scope = { tenant: 'offline', caseId: context.case.id }
      const answer = await modelBrief(scope, found.evidence, found.computed, models.askAny, signal)
      if (answer.kind !== 'answered') {
        return { ...found, brief: found.computed, problems: [problem(`model-${answer.kind}`, answer.reason)] }
      }
      return { ...found, brief: await models.reveal(scope.tenant, scope.caseId, answer.brief), problems: [] }
    },
    close: models.close,
  }
}

function tellByCode(problems: readonly Problem[]): Teller {
  return {
    async tell(context) {
      const found = investigateCase(context)
      return { ...found, brief: found.computed, problems }
    },
    close: async () => {},
  }
}
