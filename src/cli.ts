import type { Command, Io } from './commands/command.ts'
import { AppError, messageOf } from './lib/app-error.ts'

/** Every command: one file in `commands/`, one line here. Loaded when called, so that none slows the others. */
const commands: Record<string, () => Promise<{ command: Command }>> = {
  up: () => import('./commands/up.ts'),
  serve: () => import('./commands/serve.ts'),
  worker: () => import('./commands/worker.ts'),
  init: () => import('./commands/init.ts'),
  doctor: () => import('./commands/doctor.ts'),
  compliance: () => import('./commands/compliance.ts'),
  audit: () => import('./commands/audit.ts'),
  model: () => import('./commands/model.ts'),
  policy: () => import('./commands/policy.ts'),
  redact: () => import('./commands/redact.ts'),
  reveal: () => import('./commands/reveal.ts'),
  triage: () => import('./commands/triage.ts'),
  mail: () => import('./commands/mail.ts'),
  rules: () => import('./commands/rules.ts'),
  intel: () => import('./commands/intel.ts'),
  knowledge: () => import('./commands/knowledge.ts'),
  ask: () => import('./commands/ask.ts'),
  eval: () => import('./commands/eval.ts'),
  mcp: () => import('./commands/mcp.ts'),
  version: () => import('./commands/version.ts'),
  sigma: () => import('./commands/sigma.ts'),
  yara: () => import('./commands/yara.ts'),
}

/**
 * Runs one command line (without `node` and the script) and returns the exit code: 0 done, 1 found or failed,
 * 2 bad usage or unreadable input. Results go to stdout, everything else to stderr.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined || name === '--help' || name === 'help') {
    await printOverview(io)
    return name === undefined ? 2 : 0
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (load === undefined) {
    io.stderr(`tocsin: there is no command '${name}'. 'tocsin --help' lists them.\n`)
    return 2
  }
  const { command } = await load()
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout(`${command.usage.trimEnd()}\n`)
    return 0
  }
  try {
    return await command.run(rest, io)
  } catch (error) {
    const usage = error instanceof AppError && error.code === 'bad-usage'
    io.stderr(
      `tocsin ${name}: ${messageOf(error)}\n${usage ? `'tocsin ${name} --help' shows the usage.\n` : ''}`,
    )
    return error instanceof AppError && ['bad-usage', 'unreadable-input'].includes(error.code) ? 2 : 1
  }
}

async function printOverview(io: Io): Promise<void> {
  const rows = await Promise.all(
    Object.entries(commands).map(
      async ([name, load]) => `  ${name.padEnd(12)} ${(await load()).command.summary}`,
    ),
  )
  io.stdout(`tocsin COMMAND [--help]\n\n${rows.join('\n')}\n`)
}
