import { join } from 'node:path'
import type { Config } from '../../config.ts'
import type { EvaluationResult, EvaluationSummary } from '../../evaluation/run-suite.ts'
import { profileIdOf } from '../../governance/model-gates/register-profiles.ts'
import { signDocument } from '../../governance/sign-document.ts'
import { publicKeyPem } from '../../ledger/checkpoint.ts'
import { loadSigningKey } from '../../ledger/signing-key.ts'
import { AppError } from '../../lib/app-error.ts'
import { canonicalJson } from '../../lib/canonical-json.ts'
import { systemClock } from '../../lib/clock.ts'
import { randomIds } from '../../lib/ids.ts'
import { configuredProfiles } from '../../main/model-profiles.ts'
import { readModelSettings } from '../../main/open-models.ts'
import { readPolicyFile } from '../../main/open-models-for.ts'
import { storedAttack } from '../../main/stored-knowledge.ts'
import { insertRun } from '../../store/evaluation-runs.ts'
import type { Io } from '../command.ts'
import { withStore } from '../with-store.ts'

/**
 * Keeps a run in the database, signed with the ledger's key: summary and the score of every item, not what was answered.
 * The profile is that of the model as it is set up now.
 */
export async function recordRun(
  config: Config,
  summary: EvaluationSummary,
  results: readonly EvaluationResult[],
  io: Io,
): Promise<void> {
  const model = summary.versions.model ?? 'none'
  const profileId = model === 'none' ? null : await profileOf(config, model)
  const nowMs = systemClock.now()
  const items = results.map(({ id, task, score, deterministic, error }) => ({
    id,
    task,
    score,
    deterministic,
    ...(error === undefined ? {} : { error }),
  }))
  const report = { ...summary, profile: profileId, at: new Date(nowMs).toISOString(), items }
  const document = canonicalJson(report)
  const key = await loadSigningKey(join(config.dataDir, 'ledger', 'signing-key.pem'))
  await withStore(config, io, async ({ database }) => {
    const id = randomIds().next('run')
    await insertRun(database, config.tenant, {
      id,
      suite: summary.suite,
      model,
      profileId,
      report,
      document,
      signature: signDocument(document, key),
      key: publicKeyPem(key),
      createdBy: null,
      createdMs: nowMs,
    })
    io.stderr(`tocsin: recorded as ${id}\n`)
  })
}

async function profileOf(config: Config, model: string): Promise<string> {
  const settings = await readModelSettings(config.modelsFile)
  const policy = await readPolicyFile(config)
  const { versions: knowledge } = storedAttack(config.dataDir)
  const found = configuredProfiles(settings, policy, knowledge).find(({ name }) => name === model)
  if (found === undefined)
    throw new AppError('bad-usage', `there is no model '${model}' in ${config.modelsFile}`)
  return profileIdOf(found.content)
}
