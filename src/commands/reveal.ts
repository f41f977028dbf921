import { existsSync } from 'node:fs'
import { AppError } from '../lib/app-error.ts'
import { systemClock } from '../lib/clock.ts'
import { decodeEscapedUtf8, encodeEscapedUtf8 } from '../redact/escaped-utf8.ts'
import { reveal } from '../redact/reveal.ts'
import type { Command } from './command.ts'
import { readArgs, readInput, writeRecord } from './command.ts'
import { redactionOptions, refusePaths, withVault } from './vault-on-disk.ts'

/** `tocsin reveal`: the way back, for the person who reads. */
export const command: Command = {
  usage: `tocsin reveal --vault FILE --key-file FILE [--tenant NAME] [--case ID] [--json]

Reads text on standard input and writes it with the placeholders that were issued in this tenant and case replaced
by what they stand for. All other text, look-alikes included, stays as it is. Takes the flags of 'tocsin redact'.

  --json   one record {text, problems[]}

Exit code 0; 2 where the usage is wrong, a file cannot be read, the key is wrong or the vault has expired.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { allowPositionals: true, options: redactionOptions })
    refusePaths(positionals)
    if (values.vault === undefined) throw new AppError('bad-usage', 'reveal needs --vault and --key-file')
    if (!existsSync(values.vault))
      throw new AppError('unreadable-input', `there is no vault ${values.vault}: nothing could be revealed`)
    const text = decodeEscapedUtf8(await readInput('-', io))
    await withVault(values, systemClock.now(), io.signal, async ({ vault }) => {
      const revealed = reveal(text, vault)
      if (values.json) writeRecord(io, { text: revealed, problems: [] })
      else io.stdout(encodeEscapedUtf8(revealed))
    })
    return 0
  },
}
