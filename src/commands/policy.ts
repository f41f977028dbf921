import { type ModelTask, modelTasks, type TrustZone, trustZones } from '../domain/data-class.ts'
import { AppError } from '../lib/app-error.ts'
import { classesPresent } from '../policy/classes-present.ts'
import { decide } from '../policy/policy.ts'
import { decodeEscapedUtf8 } from '../redact/escaped-utf8.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import { Vault } from '../redact/vault.ts'
import type { Command } from './command.ts'
import { readArgs, readInput, writeRecord } from './command.ts'
import { readInventory, readPolicy } from './trust-files.ts'

/** `tocsin policy explain`: what would leave, to whom, and why. Sends nothing. */
export const command: Command = {
  summary: 'show what would be sent to a model, to which one, and why',
  usage: `tocsin policy explain --file FILE --task TASK [--policy FILE] [--inventory FILE] [--model NAME] [--json]

Shows what policy decides on a text, and the exact text that would be sent. Sends nothing.

  --task TASK       ${modelTasks.join(', ')}
  --model NAME      a model profile, or a trust zone: ${trustZones.join(', ')} (default: public, the strictest)
  --json            one record {decision, rule, model, zone, classes[{class, count}], request_text, reasons[]}

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
        json: { type: 'boolean' },
      },
    })
    const [verb] = positionals
    if (verb !== 'explain') throw new AppError('bad-usage', "the one thing that 'policy' does is 'explain'")
    if (values.file === undefined) throw new AppError('bad-usage', 'say what would be sent: --file FILE')
    const task = taskOf(values.task)
    const zone = zoneOf(values.model)
    const policy = await readPolicy(values.policy)
    const inventory = await readInventory(values.inventory)
    const text = decodeEscapedUtf8(await readInput(values.file, io))
    const redaction = redact(
      text,
      new Vault('explain', 'explain'),
      redactionRules(inventory.value, policy.redaction.keep),
    )
    const classes = classesPresent(redaction.replacements.map(replacement => replacement.class))
    const { decision, rule, reasons } = decide(policy, {
      task,
      zone,
      classes: classes.map(entry => entry.class),
    })
    const request = decision === 'allow' ? text : decision === 'pseudonymise' ? redaction.text : ''
    const record = {
      decision,
      rule,
      model: values.model ?? null,
      zone,
      classes,
      request_text: request,
      reasons,
      problems: [...inventory.problems, ...redaction.problems],
    }
    if (values.json) writeRecord(io, record)
    else
      io.stdout(
        `${decision} (rule ${rule}, zone ${zone})\n${reasons.map(reason => `  ${reason}\n`).join('')}\n${request}\n`,
      )
    return 0
  },
}

function taskOf(name: string | undefined): ModelTask {
  const task = modelTasks.find(known => known === name)
  if (task === undefined) throw new AppError('bad-usage', `--task is one of ${modelTasks.join(', ')}`)
  return task
}

/** The zone of a model. Where nothing is known of it, the strictest. */
function zoneOf(name: string | undefined): TrustZone {
  return trustZones.find(known => known === name) ?? 'public'
}
