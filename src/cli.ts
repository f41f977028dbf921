import type { Command, Io } from './commands/command.ts'
import { AppError, messageOf } from './lib/app-error.ts'

interface CommandEntry {
  /** One line for `tocsin --help`: here, so that the overview need not load a command. */
  readonly summary: string
  readonly load: () => Promise<{ command: Command }>
}

/** Every command: one file in `commands/`, one line here. Loaded when called, so that none slows the others. */
const commands: Record<string, CommandEntry> = {
  up: {
    summary: 'run everything in one process: console, API, worker and an embedded database',
    load: () => import('./commands/up.ts'),
  },
  serve: {
    summary: 'serve the console and the API only; run any number of them on one database',
    load: () => import('./commands/serve.ts'),
  },
  worker: {
    summary: 'read the sources and work on the queue only; run any number of them on one database',
    load: () => import('./commands/worker.ts'),
  },
  tenant: {
    summary: 'keep several organisations apart in one database',
    load: () => import('./commands/tenant.ts'),
  },
  init: {
    summary: 'ask a few questions and write a commented settings file',
    load: () => import('./commands/init.ts'),
  },
  doctor: {
    summary: 'check database, sources, Wazuh and settings, and say what to do about each fault',
    load: () => import('./commands/doctor.ts'),
  },
  backup: {
    summary: 'write every row and setting into one sealed file, or check such a file',
    load: () => import('./commands/backup.ts'),
  },
  restore: {
    summary: 'put a backup into an empty place, and compare it row by row',
    load: () => import('./commands/restore.ts'),
  },
  keys: {
    summary: 'move everything that is sealed to another master key',
    load: () => import('./commands/keys.ts'),
  },
  retention: {
    summary: 'show, set and apply how long each kind of record is kept',
    load: () => import('./commands/retention.ts'),
  },
  compliance: {
    summary: 'report the evidence for the controls of a framework, signed and reproducible',
    load: () => import('./commands/compliance.ts'),
  },
  audit: {
    summary: 'export, sign and verify the ledger of model calls, decisions and actions',
    load: () => import('./commands/audit.ts'),
  },
  'sign-in': {
    summary: 'check the OpenID provider that signs people in, and seal its client secret',
    load: () => import('./commands/sign-in.ts'),
  },
  model: {
    summary: 'list, pull and test the models that Tocsin may ask',
    load: () => import('./commands/model.ts'),
  },
  policy: {
    summary: 'show what would be sent to a model, to which one, and why',
    load: () => import('./commands/policy.ts'),
  },
  redact: {
    summary: 'replace what is sensitive in a text by placeholders',
    load: () => import('./commands/redact.ts'),
  },
  reveal: {
    summary: 'put the real values back in place of placeholders',
    load: () => import('./commands/reveal.ts'),
  },
  triage: {
    summary: 'group a file of Wazuh alerts into cases and brief each one, offline',
    load: () => import('./commands/triage.ts'),
  },
  mail: {
    summary: 'judge e-mails: phishing, BEC, malware, spam or legitimate, with evidence',
    load: () => import('./commands/mail.ts'),
  },
  rules: {
    summary: 'check, test and back-test detection rules without a Wazuh manager',
    load: () => import('./commands/rules.ts'),
  },
  intel: {
    summary: 'extract indicators and ATT&CK techniques from threat reports',
    load: () => import('./commands/intel.ts'),
  },
  knowledge: {
    summary: 'show ATT&CK facts, or import a full ATT&CK STIX bundle',
    load: () => import('./commands/knowledge.ts'),
  },
  ask: { summary: 'ask a question about alerts or ATT&CK, offline', load: () => import('./commands/ask.ts') },
  eval: {
    summary: 'evaluate code and models on suites of questions with known answers',
    load: () => import('./commands/eval.ts'),
  },
  training: {
    summary: 'make a training set of decided cases, or take in a fine-tuned model as a candidate',
    load: () => import('./commands/training.ts'),
  },
  mcp: {
    summary: 'serve the assistant to an MCP client over standard input and output',
    load: () => import('./commands/mcp.ts'),
  },
  version: {
    summary: 'print the version of Tocsin and of the Node it runs under',
    load: () => import('./commands/version.ts'),
  },
  sigma: { summary: 'evaluate Sigma rules on events', load: () => import('./commands/sigma.ts') },
  yara: { summary: 'check YARA rules, or scan files with them', load: () => import('./commands/yara.ts') },
}

/** What may follow `tocsin`. */
export const commandNames: readonly string[] = Object.keys(commands)

/**
 * Runs one command line (without `node` and the script) and returns the exit code: 0 done, 1 found or failed,
 * 2 bad usage or unreadable input. Results go to stdout, everything else to stderr.
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = args
  if (name === undefined) {
    io.stderr(overview())
    return 2
  }
  if (['--help', '-h', 'help'].includes(name)) {
    io.stdout(overview())
    return 0
  }
  if (name === '--version') return runCli(['version', ...rest], io)
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) {
    io.stderr(`tocsin: there is no command '${name}'. 'tocsin --help' lists them.\n`)
    return 2
  }
  const { command } = await entry.load()
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

function overview(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`)
  return `tocsin COMMAND [--help]\n\n${rows.join('\n')}\n`
}
