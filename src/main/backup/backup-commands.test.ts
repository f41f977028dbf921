import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { runCommand } from '../../../test/support/run-command.ts'
import { startS3Server } from '../../../test/support/s3-server.ts'

const s3Account = { accessKeyId: 'AKID', secret: 'wJalrXUtnFEMI', region: 'us-east-1', bucket: 'backups' }

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tocsin-backup-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the commands of backups', () => {
  const run = (...args: string[]) => runCommand(args)

  it('back up one data folder and restore it into another, keys and all', async () => {
    chmodSync(folder, 0o755)
    const [first, second] = ['first', 'second'].map(name => join(folder, name)) as [string, string]
    mkdirSync(first)
    const [file, keys, pass] = ['b', 'k', 'p'].map(name => join(folder, name)) as [string, string, string]
    writeFileSync(pass, 'correct horse battery\n')
    const neither = await run('backup', file, '--data', first)
    expect(neither.code).toBe(2)
    expect(neither.stderr).toContain('--without-keys')

    const made = await run(
      'backup',
      file,
      '--keys',
      keys,
      '--passphrase-file',
      pass,
      '--data',
      first,
      '--json',
    )
    expect(made.code, made.stderr).toBe(0)
    expect((await run('backup', 'check', file, '--data', first)).code).toBe(0)
    const stranger = await run('restore', file, '--data', second)
    expect(stranger.code).toBe(1)
    expect(stranger.stderr).toContain('another master key')

    const store = await startS3Server(s3Account)
    const object = `s3+${store.url}/backups/first`
    vi.stubEnv('TOCSIN_BACKUP_S3_KEY', `${s3Account.accessKeyId}:${s3Account.secret}`)
    try {
      const put = await run('backup', object, '--without-keys', '--data', first)
      expect(put.code, put.stderr).toBe(0)
      expect((await run('backup', 'check', object, '--data', first)).stdout).toContain('whole:')
      const third = join(folder, 'third')
      const got = await run('restore', object, '--keys', keys, '--passphrase-file', pass, '--data', third)
      expect(got.code, got.stderr).toBe(0)
      const bucketOnly = await run('backup', `s3+${store.url}/backups`, '--without-keys', '--data', first)
      expect(bucketOnly.code).toBe(2)
      for (const wrong of [
        's3+https://AKID:hunter2secret@s3.example/backups',
        's3+https:///AKID',
        's3://AKID:hunter2secret@x/y/z',
      ]) {
        const told = await run('backup', wrong, '--without-keys', '--data', first)
        expect(told.code).toBe(2)
        expect(told.stderr).not.toContain('hunter2secret')
      }
      vi.stubEnv('TOCSIN_BACKUP_S3_KEY', `${s3Account.accessKeyId}:hunter2secret`)
      const refused = await run('backup', `${object}-2`, '--without-keys', '--data', first)
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain('SignatureDoesNotMatch')
      expect(refused.stderr).not.toContain('hunter2secret')
    } finally {
      vi.unstubAllEnvs()
      await store.close()
    }

    rmSync(second, { recursive: true, force: true })
    const back = await run('restore', file, '--keys', keys, '--passphrase-file', pass, '--data', second)
    expect(back.code, back.stderr).toBe(0)
    expect(back.stdout).toContain('compared one by one and the same')
    expect(readFileSync(join(second, 'master.key'))).toEqual(readFileSync(join(first, 'master.key')))
  })
})
