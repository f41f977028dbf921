import { readConfig } from '../config.ts'
import {
  changeRetention,
  countDue,
  readRetention,
  retentionSchema,
  runRetention,
} from '../governance/retention.ts'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { createLogger } from '../main/create-logger.ts'
import { erasurePartsOf } from '../main/erasure-parts.ts'
import { openStore } from '../main/open-store.ts'
import { type AgingRecord, agingRecords } from '../store/old-records.ts'
import { type Command, readArgs, writeRecord } from './command.ts'

/** `tocsin retention`. */
export const command: Command = {
  usage: `tocsin retention show [--json]
tocsin retention set KIND=DAYS|never... [--json]
tocsin retention run [--json]

show  how many days each kind of record is kept, and how many are due for deletion now
set   changes that; written to the ledger
run   deletes what is due now; a worker does so once an hour by itself

KIND is one of: ${agingRecords.join(', ')}. Cases under legal hold, and those with an action in motion,
are never deleted. The ledger is kept whole: of a deleted case it keeps what nobody can read any more.

Exit code 0 done, 2 bad usage.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, {
      options: { json: { type: 'boolean' } },
      allowPositionals: true,
    })
    const [action, ...rest] = positionals
    if (!['show', 'set', 'run'].includes(action ?? '') || rest.length > 0 !== (action === 'set'))
      throw new AppError('bad-usage', 'say one of: show, set KIND=DAYS, run')
    const changes = action === 'set' ? changesOf(rest) : {}
    const config = readConfig()
    const { tenant } = config
    const store = await openStore(
      config,
      createLogger(config.logLevel),
      line => io.stderr(`tocsin: ${line}\n`),
      io.signal,
    )
    const { database } = store
    try {
      if (action === 'run') {
        const deleted = await runRetention(
          await erasurePartsOf(config, database, systemClock),
          tenant,
          io.signal,
        )
        if (values.json) writeRecord(io, { deleted })
        else
          io.stdout(
            Object.entries(deleted)
              .map(([kind, count]) => `${kind.padEnd(16)} ${count} deleted\n`)
              .join('') || 'nothing is due\n',
          )
        return 0
      }
      const nowMs = systemClock.now()
      if (action === 'set') {
        const { value: days } = await readRetention(database, tenant)
        await changeRetention(database, tenant, { ...days, ...changes }, 'command-line', nowMs)
      }
      const inForce = await readRetention(database, tenant)
      const due = await countDue(database, tenant, inForce, nowMs)
      for (const kind of agingRecords) {
        const days = inForce.value[kind]
        if (values.json) writeRecord(io, { kind, days, due: due[kind] })
        else
          io.stdout(
            `${kind.padEnd(16)} ${(days === null ? 'for ever' : `${days} days`).padEnd(10)} ${due[kind]} due\n`,
          )
      }
      return 0
    } finally {
      await store.close()
    }
  },
}

function changesOf(texts: readonly string[]): Partial<Record<AgingRecord, number | null>> {
  return Object.fromEntries(
    texts.map(text => {
      const [name = '', days = ''] = text.split('=')
      const kind = agingRecords.find(each => each === name)
      if (kind === undefined)
        throw new AppError(
          'bad-usage',
          `there is no kind of record '${name}': say one of ${agingRecords.join(', ')}`,
        )
      const value = days === 'never' ? null : Number(days)
      if (!retentionSchema.shape[kind].safeParse(value).success)
        throw new AppError('bad-usage', `${kind} takes 1 to 36500 days, or never; not '${days}'`)
      return [kind, value]
    }),
  )
}
