import { z } from 'zod'
import { buildRequest, decideQuestion, searchQuestion } from '../ask/build-request.ts'
import { readConfig } from '../config.ts'
import { type ModelTask, modelTasks, type TrustZone, trustZones } from '../domain/data-class.ts'
import { AppError } from '../lib/app-error.ts'
import { type Problem, problem } from '../lib/problem.ts'
import { readModelSettings } from '../main/open-models.ts'
import { decodeEscapedUtf8 } from '../redact/escaped-utf8.ts'
import { joinInventories, learnInventory } from '../redact/learn-inventory.ts'
import { redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import type { Command } from './command.ts'
import { readArgs, readInput, writeRecord } from './command.ts'
import { explainCase } from './policy/explain-case.ts'
import { readInventory, readPolicy } from './trust-files.ts'

/** `tocsin policy explain`: what would leave, to whom, and why. Sends nothing. */
export const command: Command = {
  usage: `tocsin policy explain CASE [--data DIR] [--json]
tocsin policy explain --file FILE --task TASK [--policy FILE] [--inventory FILE] [--model NAME] [--json]

Shows what would leave, to whom, and why, before anything is sent. Sends nothing, and needs no key of a model.

CASE: the very request for a stored case's brief, by the policy, models and inventory that are set: the model and its
host, the rule and its reasons, what is replaced by which placeholder, whether the last scan would stop it, and the
bytes. --json: one record {case, task, sends, decision, rule, zone, model, model_id, fallbacks[], destination,
classes[], reasons[], replaced[{placeholder, value}], size_bytes, request}.
--file FILE: what policy decides on a text, and the text that would be sent for it.

  --data DIR        where the database is (default: TOCSIN_DATA; DATABASE_URL goes before)
  --task TASK       ${modelTasks.join(', ')};
                    or a command's name: triage, mail, intel, rules, yara, ask
  --model NAME      a model of models.yaml, or a trust zone: ${trustZones.join(', ')} (default: public, the strictest)
  --json            one record {decision, rule, model, zone, classes[{class, count}], request_text, reasons[]};
                    request_text is empty where nothing would be sent to that model

Exit code 0 whatever the decision; 2 where the usage is wrong or a file cannot be read.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      allowPositionals: true,
      options: {
        file: { type: 'string' },
        task: { type: 'string' },
        policy: { type: 'string' },
        inventory: { type: 'string' },
        model: { type: 'string' },
        data: { type: 'string' },
        json: { type: 'boolean' },
      },
    })
    if (positionals[0] !== 'explain')
      throw new AppError('bad-usage', "the one thing 'policy' does is 'explain'")
    const [, caseId, ...rest] = positionals
    if (rest.length > 0) throw new AppError('bad-usage', `too many arguments: ${rest.join(' ')}`)
    if (caseId !== undefined) return explainCase(caseId, values, io)
    if (values.file === undefined)
      throw new AppError('bad-usage', 'say what would be sent: CASE, or --file FILE')
    const task = taskOf(values.task)
    const policy = await readPolicy(values.policy)
    const listed = await readInventory(values.inventory)
    const text = decodeEscapedUtf8(await readInput(values.file, io))
    const inventory = joinInventories(listed.value, learnInventory(text))
    const rules = { policy, redaction: redactionRules(inventory, policy.redaction.keep) }
    const { zone, problems } = await zoneOf(values.model)
    const question = questionAbout(text, task)
    const searched = searchQuestion(question, rules)
    const decided = decideQuestion(question, searched, zone, rules)
    const { decision, rule, reasons, classes } = decided
    const leaves =
      decision === 'allow' || decision === 'pseudonymise' || (decision === 'local' && zone === 'local')
    const built = leaves
      ? buildRequest(question, searched, decided, rules, new Vault('explain', 'explain'), 'BOUNDARY')
      : undefined
    const request = built === undefined ? '' : textOf(built.completion)
    const record = {
      decision,
      rule,
      model: values.model ?? null,
      zone,
      classes,
      request_text: request,
      reasons,
      problems: [...listed.problems, ...rules.redaction.problems, ...problems, ...(built?.problems ?? [])],
    }
    if (values.json) writeRecord(io, record)
    else {
      io.stdout(`${decision}: rule ${rule}, zone ${zone}\n${reasons.join('\n')}\n\n${request}\n`)
      for (const { message, where } of record.problems)
        io.stderr(`tocsin policy: ${[where ?? [], message].flat().join(': ')}\n`)
    }
    return 0
  },
}

/** The file as the one piece of evidence of a question. Instructions belong to the feature that asks. */
function questionAbout(text: string, task: ModelTask) {
  return {
    task,
    tenant: 'explain',
    caseId: 'explain',
    instructions: '',
    promptVersion: 'explain',
    evidence: [
      {
        id: 'E1',
        kind: 'file',
        source: 'file',
        pointer: '',
        quote: text,
        trust: 'observed',
        label: 'the file',
      },
    ],
    schema: z.object({}),
    maxOutputTokens: 1,
  } as const
}

function textOf(completion: ReturnType<typeof buildRequest>['completion']): string {
  return [completion.system, ...completion.messages.map(message => message.text)].join('\n\n')
}

/** A command's name stands for the question that it asks. */
const commandTasks: ReadonlyMap<string, ModelTask> = new Map([
  ['triage', 'case-brief'],
  ['brief', 'case-brief'],
  ['mail', 'mail-judgement'],
  ['intel', 'intel-context'],
  ['rules', 'rule-draft'],
  ['sigma', 'rule-draft'],
  ['yara', 'yara-enrichment'],
  ['ask', 'chat'],
])

function taskOf(name: string | undefined): ModelTask {
  const task = modelTasks.find(known => known === name) ?? commandTasks.get(name ?? '')
  if (task === undefined) throw new AppError('bad-usage', `--task is one of ${modelTasks.join(', ')}`)
  return task
}

/** The zone of a model: a zone's own name, or a profile of models.yaml. Where nothing is known of it, the strictest. */
async function zoneOf(name: string | undefined): Promise<{ zone: TrustZone; problems: readonly Problem[] }> {
  const zone = trustZones.find(known => known === name)
  if (zone !== undefined || name === undefined) return { zone: zone ?? 'public', problems: [] }
  const { models } = await readModelSettings(readConfig().modelsFile)
  const profile = models.find(model => model.name === name)
  if (profile !== undefined) return { zone: profile.zone, problems: [] }
  return {
    zone: 'public',
    problems: [problem('model-unknown', `nothing is known of model ${name}: zone public`)],
  }
}
