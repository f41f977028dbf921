import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'
import { fileArguments } from './file-arguments.ts'

/** Runs the endpoint's own YARA rules over one file. A match comes back as an alert. */
export const yaraScan = responseAction({
  name: 'yara-scan',
  title: 'Scan file with YARA',
  schema: z.strictObject({ path: fileArguments.shape.path }),
  effect: 'reads',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [{ kind: 'path', value: args.path }],
  describe: (args, target) => `Scan ${args.path} on ${target.agentName} with the YARA rules installed there.`,
  blastRadius: () => 'None: the file is read.',
  undo: undefined,
  deliver: args => ({ kind: 'endpoint', fields: { action: 'yara-scan', path: args.path } }),
})
