import { everyPlatform, responseAction } from '../action.ts'
import { fileArguments } from './file-arguments.ts'

/** Puts a quarantined file back with its owner, mode and times, where nothing has taken its place. */
export const restoreFile = responseAction({
  name: 'restore-file',
  title: 'Restore file from quarantine',
  schema: fileArguments,
  effect: 'reversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'path', value: args.path }],
  describe: (args, target) =>
    `Put ${args.path} (SHA-256 ${args.sha256}) back from the quarantine of ${target.agentName}.`,
  blastRadius: () => 'One file. If it is malicious it can run again.',
  undo: args => ({ action: 'quarantine-file', arguments: args }),
  deliver: args => ({
    kind: 'endpoint',
    fields: { action: 'restore-file', path: args.path, sha256: args.sha256 },
  }),
})
