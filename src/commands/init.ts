import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { isErrno } from '../lib/file-lock.ts'
import { fileTrouble } from '../lib/file-trouble.ts'
import { type Setup, settingsFile } from '../main/settings-file.ts'
import { type Command, type Io, readArgs } from './command.ts'

const usage = `tocsin init [--profile small|medium|large] [--wazuh here|elsewhere] [--indexer yes|no] [--models none|local|cloud]
            [--out FILE] [--yes] [--force]

Asks what is not said, and writes a commented settings file with secure defaults. 'tocsin doctor' checks it.

--profile  small: one process and the embedded database; a model for public data is enough for mail, reports and
           runbooks, which leave without names. medium: a database server, the Wazuh server API.
           large: many processes on one database server, sign-in by your provider, models let into use by people
--wazuh    whether a Wazuh manager runs on this machine
--indexer  whether alerts are also read from a Wazuh indexer
--models   none, local (this machine or network) or cloud (a provider)
--out      the file (tocsin.env); an existing one is kept unless --force
--yes      asks nothing: what is not said is small, here if there is an alerts file, no indexer, no models

Exit code 0 written, 2 bad usage, a file that is there already, or no terminal to ask on.
`

const questions = {
  profile: { ask: 'Size of the installation', choices: ['small', 'medium', 'large'] },
  wazuh: { ask: 'Does a Wazuh manager run on this machine', choices: ['here', 'elsewhere'] },
  indexer: { ask: 'Read alerts from a Wazuh indexer too', choices: ['no', 'yes'] },
  models: { ask: 'Language models', choices: ['none', 'local', 'cloud'] },
} as const
type Name = keyof typeof questions
type Choice<N extends Name> = (typeof questions)[N]['choices'][number]

/** `tocsin init`. */
export const command: Command = {
  usage,
  async run(args, io) {
    const { values } = readArgs(args, {
      options: {
        profile: { type: 'string' },
        wazuh: { type: 'string' },
        indexer: { type: 'string' },
        models: { type: 'string' },
        out: { type: 'string', default: 'tocsin.env' },
        yes: { type: 'boolean', default: false },
        force: { type: 'boolean', default: false },
      },
    })
    const said = {
      profile: choiceOf('profile', values.profile),
      wazuh: choiceOf('wazuh', values.wazuh),
      indexer: choiceOf('indexer', values.indexer),
      models: choiceOf('models', values.models),
    }
    if (existsSync(values.out) && !values.force) throw alreadyThere(values.out)
    const config = readConfig()
    const managerHere = config.alertsFile !== undefined && existsSync(config.alertsFile)
    const answer = values.yes ? takeFirst : asker(io)
    const setup: Setup = {
      size: said.profile ?? (await answer('profile', 'small')),
      wazuhHere: (said.wazuh ?? (await answer('wazuh', managerHere ? 'here' : 'elsewhere'))) === 'here',
      indexer: (said.indexer ?? (await answer('indexer', 'no'))) === 'yes',
      models: said.models ?? (await answer('models', 'none')),
    }
    // Another key than the one that is in use would make everything unreadable that was sealed with it.
    const hasKey = existsSync(join(config.dataDir, 'master.key')) || config.masterKey !== undefined
    const text = settingsFile(setup, hasKey ? undefined : randomBytes(32).toString('base64url'))
    await writeSettings(values.out, text, values.force)
    io.stdout(
      `${values.out} written (${setup.size}). Next: fill in what is commented out, then check it:\n` +
        `  set -a; . ${values.out.includes('/') ? '' : './'}${values.out}; set +a; tocsin doctor\n`,
    )
    return 0
  },
}

function choiceOf<N extends Name>(name: N, text: string | undefined): Choice<N> | undefined {
  if (text === undefined) return undefined
  const choices: readonly string[] = questions[name].choices
  if (!choices.includes(text)) throw new AppError('bad-usage', `--${name} is one of: ${choices.join(', ')}`)
  return text as Choice<N> // It is one of them, as was just checked.
}

async function takeFirst<N extends Name>(_name: N, otherwise: Choice<N>): Promise<Choice<N>> {
  return otherwise
}

/** Asks on the terminal until the answer is one of the choices; an empty line takes the default. */
function asker(io: Io) {
  return async <N extends Name>(name: N, otherwise: Choice<N>): Promise<Choice<N>> => {
    if (!('isTTY' in io.stdin) || io.stdin.isTTY !== true)
      throw new AppError(
        'bad-usage',
        `there is no terminal to ask on: say --${name} too, or --yes for what you do not say`,
      )
    const { ask, choices } = questions[name]
    const terminal = createInterface({ input: io.stdin, output: process.stderr })
    try {
      for (;;) {
        const line = await terminal.question(`${ask}? ${choices.join(', ')} [${otherwise}] `, {
          signal: io.signal,
        })
        const text = line.trim().toLowerCase()
        if (text === '') return otherwise
        const known: readonly string[] = choices
        if (known.includes(text)) return text as Choice<N> // It is one of them.
      }
    } finally {
      terminal.close()
    }
  }
}

/** Written whole under another name first, so that a broken write leaves what was there. */
async function writeSettings(path: string, text: string, force: boolean): Promise<void> {
  try {
    if (!force) return await writeFile(path, text, { flag: 'wx', mode: 0o600 })
    const draft = `${path}.${randomBytes(6).toString('hex')}`
    await writeFile(draft, text, { flag: 'wx', mode: 0o600 })
    await rename(draft, path)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw alreadyThere(path)
    throw new AppError('unreadable-input', `cannot write ${path}: ${fileTrouble(error)}`, { cause: error })
  }
}

const alreadyThere = (path: string) =>
  new AppError('bad-usage', `${path} is there already: say --force to replace it, or --out for another`)
