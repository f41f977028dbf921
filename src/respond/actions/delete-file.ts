import { everyPlatform, responseAction } from '../action.ts'
import { fileArguments } from './file-arguments.ts'

/** Deletes a file, in its place or in the quarantine. */
export const deleteFile = responseAction({
  name: 'delete-file',
  title: 'Delete file',
  schema: fileArguments,
  effect: 'irreversible',
  approvers: 2,
  stepUp: true,
  platforms: everyPlatform,
  touches: args => [{ kind: 'path', value: args.path }],
  describe: (args, target) =>
    `Delete ${args.path} (SHA-256 ${args.sha256}) on ${target.agentName}, or its quarantined copy.`,
  blastRadius: () => 'One file, for good. Quarantine keeps the evidence; deletion does not.',
  undo: undefined,
  deliver: args => ({
    kind: 'endpoint',
    fields: { action: 'delete-file', path: args.path, sha256: args.sha256 },
  }),
})
