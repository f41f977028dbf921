import { z } from 'zod'
import { everyPlatform, responseAction } from '../action.ts'

/** Ends one process, bound to its program: a process id that now belongs to another program is refused. */
export const killProcess = responseAction({
  name: 'kill-process',
  title: 'Kill process',
  schema: z.strictObject({
    pid: z.number().int().min(2).max(4_194_304),
    program: z
      .string()
      .min(1)
      .max(4096)
      .refine(path => !/[\0\n]/.test(path), 'not the path of one program'),
  }),
  effect: 'irreversible',
  approvers: 1,
  stepUp: false,
  platforms: everyPlatform,
  touches: args => [
    { kind: 'process', value: args.program },
    { kind: 'path', value: args.program },
  ],
  describe: (args, target) =>
    `Kill process ${args.pid} on ${target.agentName}, if it still runs ${args.program}.`,
  blastRadius: () => 'One process and what depends on it; data that it has not written is lost.',
  undo: undefined,
  deliver: args => ({
    kind: 'endpoint',
    fields: { action: 'kill-process', pid: String(args.pid), path: args.program },
  }),
})
