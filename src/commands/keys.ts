import { readFile } from 'node:fs/promises'
import { readConfig } from '../config.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { isErrno } from '../lib/file-lock.ts'
import { masterKeysOf } from '../lib/master-key.ts'
import { fileDataKeysPath, masterKeyOf } from '../main/open-models-for.ts'
import { rotateMasterKey } from '../main/rotate-master-key.ts'
import { type Command, readArgs, readInput, writeRecord } from './command.ts'
import { withStore } from './with-store.ts'

/** `tocsin keys`. */
export const command: Command = {
  usage: `tocsin keys rotate --old-master-key FILE... [--json]

Moves everything in the database that the master key seals to the present master key: the keys of what the ledger keeps sealed, the vaults
of placeholders, authenticator secrets, targets of notifications; and ledger/data-keys.json. All of the database in one transaction, on
record in the ledger; run it again if it was interrupted. Nothing is changed where one of them opens with none of the keys.

1. Stop every 'tocsin up', 'serve' and 'worker' of this tenant; while one runs, the command refuses.
2. Make a backup, and keep the old key: backups made until now open with it only.
3. Put the old key aside (mv master.key old.key, or write the old TOCSIN_MASTER_KEY into a file) and set the new one. Where none
   is set, a new master.key is made.
4. tocsin keys rotate --old-master-key old.key
5. Sealed keys of models.yaml: 'tocsin model rotate NAME --old-master-key old.key'. The client secret of sign-in.yaml: 'tocsin sign-in key'.
6. Start the processes again, with the new key only. Other machines with a data folder of their own run step 4 there, too.

--old-master-key FILE  a key of before: what TOCSIN_MASTER_KEY was, or a master.key; may be given more than once

Exit code 0 moved, or nothing was left to move; 1 something cannot be opened, or Tocsin is running; 2 bad usage.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { 'old-master-key': { type: 'string', multiple: true }, json: { type: 'boolean' } },
      allowPositionals: true,
    })
    if (positionals.join(' ') !== 'rotate') throw new AppError('bad-usage', 'say rotate')
    const files = values['old-master-key'] ?? []
    if (files.length === 0)
      throw new AppError('bad-usage', 'say where the old master key is: --old-master-key FILE')
    const texts = await Promise.all(files.map(file => readInput(file, io)))
    const from = texts.flatMap(text => masterKeysOf(text.toString('utf8').trim()))
    const config = readConfig()
    const to = await masterKeyOf(config)()
    if (from.some(key => key.equals(to)))
      throw new AppError('bad-usage', 'the old master key is the present one: set the new one first')
    const moved = await withStore(config, io, ({ database }) =>
      rotateMasterKey({
        database,
        clock: systemClock,
        tenant: config.tenant,
        dataKeysFile: fileDataKeysPath(config),
        from,
        to,
      }),
    )
    if (values.json) writeRecord(io, { moved })
    else
      io.stdout(
        Object.entries(moved)
          .map(([kind, count]) => `${kind.replaceAll('_', ' ').padEnd(24)} ${count} moved\n`)
          .join('') || 'nothing is sealed yet\n',
      )
    for (const file of [config.modelsFile, config.signInFile])
      if (await holdsSealed(file))
        io.stderr(`tocsin: ${file} holds sealed keys: see to them as step 5 of --help says\n`)
    return 0
  },
}

async function holdsSealed(path: string): Promise<boolean> {
  try {
    return /\btocsin1\.[\w-]+\.[\w-]+/.test(await readFile(path, 'utf8'))
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return false
    throw error
  }
}
