import { spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

const program = '/usr/sbin/dovecot'
const mailUid = 65_534

/** Whether a Dovecot can be run here: Debian's dovecot-imapd, as root. */
export const hasDovecot = existsSync(program) && process.getuid?.() === 0

/** A real IMAP server with one account, `abuse` / `secret`. */
export interface RunningDovecot {
  readonly port: number
  /** Puts a message into the inbox, as a delivery agent does. */
  deliver(message: string): void
  stop(): Promise<void>
}

/** Starts Dovecot on a port of this machine with its mails in a temporary folder. */
export async function startDovecot(port: number): Promise<RunningDovecot> {
  const folder = mkdtempSync(join(tmpdir(), 'dovecot-'))
  chmodSync(folder, 0o755)
  const inbox = join(folder, 'mail', 'new')
  for (const name of ['new', 'cur', 'tmp']) mkdirSync(join(folder, 'mail', name), { recursive: true })
  for (const name of ['mail', 'mail/new', 'mail/cur', 'mail/tmp'])
    chownSync(join(folder, name), mailUid, mailUid)
  const settings = `
base_dir = ${folder}/run
log_path = ${folder}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
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
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=${mailUid} gid=${mailUid} home=${folder}/mail
}
`
  writeFileSync(join(folder, 'dovecot.conf'), settings)
  const child = spawn(program, ['-F', '-c', join(folder, 'dovecot.conf')], { stdio: 'ignore' })
  await listening(port)
  let delivered = 0
  return {
    port,
    deliver(message) {
      const path = join(inbox, `${++delivered}.message`)
      writeFileSync(path, message)
      chownSync(path, mailUid, mailUid)
    },
    async stop() {
      const gone = new Promise(resolve => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function listening(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
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
