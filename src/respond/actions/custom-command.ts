import { z } from 'zod'
import type { CommandArgument, CustomCommand } from '../../domain/response-settings.ts'
import { digestOf } from '../../lib/canonical-json.ts'
import { type ResponseAction, responseAction, type Touched } from '../action.ts'
import { accountArguments } from './account-arguments.ts'
import { addressArguments } from './address-arguments.ts'
import { fileArguments } from './file-arguments.ts'

/** The name of a command as an action: no command can be taken for one of Tocsin's own. */
const customName = (name: string) => `custom:${name}`

/** A command that an admin allow-listed, as an action: its arguments are checked by the schema that came with it. */
export function customCommandAction(command: CustomCommand): ResponseAction {
  const valuesOf = (args: Record<string, string | number>) =>
    command.arguments.map(argument => String(args[argument.name]))
  return responseAction<Record<string, string | number>>({
    name: customName(command.name),
    title: command.title,
    schema: z.strictObject(
      Object.fromEntries(command.arguments.map(argument => [argument.name, schemaOf(argument)])),
    ),
    effect: command.effect,
    approvers: command.approvers,
    stepUp: command.effect === 'irreversible',
    platforms: command.platforms,
    definition: digestOf(command),
    touches: (args, target) => [
      { kind: 'host', value: target.agentName },
      ...command.arguments.flatMap((argument): Touched[] =>
        argument.kind === 'address' || argument.kind === 'account' || argument.kind === 'path'
          ? [{ kind: argument.kind, value: String(args[argument.name]) }]
          : [],
      ),
    ],
    describe: (args, target) => {
      const given = command.arguments.map(argument => `${argument.name} ${args[argument.name]}`).join(', ')
      return `Run the command ${command.command} on ${target.agentName}${given === '' ? '' : ` with ${given}`}.`
    },
    blastRadius: () => command.risk,
    undo:
      command.reversibleBy === undefined
        ? undefined
        : args => ({ action: customName(command.reversibleBy ?? ''), arguments: args }),
    deliver: args => ({ kind: 'custom', command: command.command, arguments: valuesOf(args) }),
  })
}

function schemaOf(argument: CommandArgument): z.ZodType<string | number> {
  switch (argument.kind) {
    case 'number':
      return z.number().int().min(argument.min).max(argument.max)
    case 'choice':
      return z.enum(argument.choices)
    case 'address':
      return addressArguments.shape.address
    case 'account':
      return accountArguments.shape.account
    case 'path':
      return fileArguments.shape.path.refine(isOneWord, notOneWord)
    case 'text': {
      const pattern = new RegExp(`^(?:${argument.pattern})$`, 'u')
      return z
        .string()
        .max(argument.maxLength)
        .refine(isOneWord, notOneWord)
        .refine(text => pattern.test(text), `not of the form ${argument.pattern}`)
    }
  }
}

const notOneWord = 'Wazuh splits arguments at spaces, and a dash at the start would be an option'

function isOneWord(text: string): boolean {
  return /^[^\s\p{Cc}-][^\s\p{Cc}]*$/u.test(text)
}
