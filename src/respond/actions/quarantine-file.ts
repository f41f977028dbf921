import { everyPlatform, responseAction } from '../action.ts'
import { fileArguments } from './file-arguments.ts'

/** Moves a file to the endpoint's quarantine, where nobody but root reads it and from where it can be restored. */
export const quarantineFile = responseAction({
  name: 'quarantine-file',
  title: 'Quarantine file',
  schema: fileArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'path', value: args.path }],
  describe: (args, target) =>
    `Move ${args.path} (SHA-256 ${args.sha256}) on ${target.agentName} to its quarantine.`,
  blastRadius: () =>
    'One file. A program that needs it fails until it is restored; a process that runs from it goes on running.',
  undo: args => ({ action: 'restore-file', arguments: args }),
  deliver: args => ({
    kind: 'endpoint',
    fields: { action: 'quarantine-file', path: args.path, sha256: args.sha256 },
  }),
})
