import type { Explanation } from '../../ask/explain.ts'
import { type Config, readConfig } from '../../config.ts'
import { chooseForModel, type ModelChoice } from '../../investigate/choose-for-model.ts'
import { investigateCase } from '../../investigate/investigate.ts'
import { loadCaseContext } from '../../investigate/load-case-context.ts'
import { caseBriefQuestion } from '../../investigate/model-brief.ts'
import { AppError } from '../../lib/app-error.ts'
import { systemClock } from '../../lib/clock.ts'
import { createLogger } from '../../main/create-logger.ts'
import { openModelsToLook } from '../../main/open-models-for.ts'
import { openStore } from '../../main/open-store.ts'
import { storedAttack } from '../../main/stored-knowledge.ts'
import { hasEmbeddedDatabase } from '../../store/embedded-postgres.ts'
import { type Io, writeRecord } from '../command.ts'

const tenant = 'default'

/** `tocsin policy explain CASE`: what asking for a brief of a stored case would send, to whom, and why. */
export async function explainCase(
  caseId: string,
  values: { readonly data?: string; readonly json?: boolean },
  io: Io,
): Promise<number> {
  const config = readConfig(undefined, values.data)
  if (config.databaseUrl === undefined && !(await hasEmbeddedDatabase(config.dataDir))) {
    throw new AppError(
      'bad-usage',
      `there is no database in ${config.dataDir}: say where with --data DIR or DATABASE_URL`,
    )
  }
  const { wanted, explanation } = await look(config, caseId, io)
  if (values.json) writeRecord(io, recordOf(caseId, wanted, explanation))
  else io.stdout(textOf(caseId, wanted, explanation))
  return 0
}

async function look(
  config: Config,
  caseId: string,
  io: Io,
): Promise<{ readonly wanted: ModelChoice; readonly explanation: Explanation }> {
  const say = (line: string) => io.stderr(`tocsin: ${line}\n`)
  const store = await openStore(config, createLogger(config.logLevel), say, io.signal)
  try {
    const { added } = storedAttack(config.dataDir)
    const context = await loadCaseContext(
      store.database,
      tenant,
      caseId,
      async () => [],
      systemClock.now(),
      added,
    )
    if (context === undefined) throw new AppError('bad-usage', `there is no case ${caseId}`)
    const models = await openModelsToLook(config, store.database, tenant)
    try {
      const question = caseBriefQuestion({ tenant, caseId }, investigateCase(context).evidence)
      const explanation = await models.explain(question, io.signal)
      return { wanted: chooseForModel(context, models.selection), explanation }
    } finally {
      await models.close()
    }
  } finally {
    await store.close()
  }
}

function recordOf(caseId: string, wanted: ModelChoice, explanation: Explanation) {
  const asked = {
    case: caseId,
    task: 'case-brief',
    asked_by_itself: wanted.kind === 'wanted',
    why_asked: wanted.why,
  }
  if (explanation.kind !== 'would-send') {
    return { ...asked, sends: false, decision: explanation.kind, reasons: [explanation.reason], request: '' }
  }
  const { decision, model, modelId, fallbacks, destination, bytes, replaced, stopped } = explanation
  return {
    ...asked,
    sends: stopped === undefined,
    decision: decision.decision,
    rule: decision.rule,
    zone: decision.zone,
    model,
    model_id: modelId,
    fallbacks,
    destination,
    classes: decision.classes,
    reasons: [...decision.reasons, ...(stopped === undefined ? [] : [stopped])],
    replaced,
    size_bytes: bytes.length,
    request: bytes.toString('utf8'),
  }
}

function textOf(caseId: string, wanted: ModelChoice, explanation: Explanation): string {
  const head = `case ${caseId}, task case-brief\n${wanted.kind === 'wanted' ? 'Asked by itself' : 'Not asked by itself'}: ${wanted.why}.\n\n`
  if (explanation.kind !== 'would-send')
    return `${head}Nothing would be sent (${explanation.kind}): ${explanation.reason}.\n`
  const { decision, model, modelId, fallbacks, destination, bytes, replaced, stopped } = explanation
  const lines = [
    `To:     ${model} (${modelId}), zone ${decision.zone}, at ${destination}`,
    `Then:   ${fallbacks.length === 0 ? 'nobody else' : `${fallbacks.join(', ')}, where ${model} fails and no zone is further away`}`,
    `Policy: ${decision.decision} by rule ${decision.rule}`,
    ...decision.reasons.map(reason => `        ${reason}`),
    `Holds:  ${decision.classes.map(each => `${each.count} ${each.class}`).join(', ') || 'public data only'}`,
    `Replaced by placeholders: ${replaced.length}`,
    ...replaced.map(({ placeholder, value }) => `        ${placeholder} for ${value}`),
    ...(stopped === undefined ? [] : [`STOPPED: ${stopped}`]),
    '',
    `The request, ${bytes.length} bytes (the boundary word is new with each call):`,
    bytes.toString('utf8'),
  ]
  return `${head}${lines.join('\n')}\n`
}
