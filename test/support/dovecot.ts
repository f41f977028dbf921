import { type ChildProcess, spawn } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { freePort } from './free-port.ts'

const program = '/usr/sbin/dovecot'
const mailUid = 65_534

/** Whether a Dovecot can be run here: Debian's dovecot-imapd, as root. */
export const hasDovecot = existsSync(program) && process.getuid?.() === 0

/** Sign-in with tokens that the server shows to an introspection endpoint (RFC 7662). */
export interface TokenSignIn {
  readonly mechanism: 'oauthbearer' | 'xoauth2'
  readonly introspectionUrl: string
}

/** A real IMAP server with one account, `abuse`; its password is `secret`, or it takes tokens only. */
export interface RunningDovecot {
  readonly port: number
  /** Puts a message into the inbox or another folder, as a delivery agent does. */
  deliver(message: string, to?: string): void
  /** Dies with all its processes, as a machine does, and comes back with the same mails. */
  crash(): Promise<void>
  stop(): Promise<void>
}

/** Starts Dovecot on a free port of this machine with its mails in a temporary folder. */
export async function startDovecot(tokens?: TokenSignIn): Promise<RunningDovecot> {
  const port = await freePort()
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'))
  chmodSync(folder, 0o755)
  makeFolder(join(folder, 'mail'))
  if (tokens) writeFileSync(join(folder, 'oauth2.conf'), introspection(tokens.introspectionUrl))
  writeFileSync(join(folder, 'dovecot.conf'), settings(folder, port, tokens))
  let child = await run(folder, port)
  let delivered = 0
  return {
    port,
    deliver(message, to) {
      // Written beside and moved: the server must not see half a message.
      const name = `${++delivered}.message`
      const target = to === undefined ? join(folder, 'mail') : join(folder, 'mail', `.${to}`)
      makeFolder(target)
      const path = join(target, 'tmp', name)
      writeFileSync(path, message)
      chownSync(path, mailUid, mailUid)
      renameSync(path, join(target, 'new', name))
    },
    async crash() {
      await end(child, 'SIGKILL')
      child = await run(folder, port)
    },
    async stop() {
      await end(child, 'SIGTERM')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** A folder as Maildir has it. */
function makeFolder(path: string): void {
  for (const part of ['', 'new', 'cur', 'tmp']) {
    mkdirSync(join(path, part), { recursive: true })
    chownSync(join(path, part), mailUid, mailUid)
  }
}

async function run(folder: string, port: number): Promise<ChildProcess> {
  const child = spawn(program, ['-F', '-c', join(folder, 'dovecot.conf')], {
    stdio: 'ignore',
    detached: true, // A process group of its own: the processes that hold the connections end with it.
  })
  await listening(port)
  return child
}

function end(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  if (child.pid !== undefined) process.kill(-child.pid, signal)
  return gone
}

function settings(folder: string, port: number, tokens: TokenSignIn | undefined): string {
  const passdb = tokens
    ? `driver = oauth2\n  mechanisms = ${tokens.mechanism}\n  args = ${folder}/oauth2.conf`
    : 'driver = static\n  args = password=secret'
  return `
base_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
auth_mechanisms = ${tokens?.mechanism ?? 'plain'}
mail_location = maildir:${folder}/mail
first_valid_uid = 1
service imap-login {
  inet_listener imap {
    address = 127.0.0.1
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
passdb {
  ${passdb}
}
userdb {
  driver = static
  args = uid=${mailUid} gid=${mailUid} home=${folder}/mail
}
`
}

function introspection(url: string): string {
  return `
introspection_mode = post
introspection_url = ${url}
username_attribute = username
active_attribute = active
active_value = true
`
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 2400; tries++) {
    const open = await new Promise<boolean>(resolve => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
    await setTimeout(100)
  }
  throw new Error('Dovecot did not start')
}
