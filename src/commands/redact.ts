import { systemClock } from '../lib/clock.ts'
import { decodeEscapedUtf8, encodeEscapedUtf8 } from '../redact/escaped-utf8.ts'
import { inventoryWithout } from '../redact/find-residue.ts'
import { joinInventories, learnInventory } from '../redact/learn-inventory.ts'
import { redact, redactionRules } from '../redact/redact.ts'
import type { Command } from './command.ts'
import { readArgs, readInput, writeRecord } from './command.ts'
import { readInventory, readPolicy } from './trust-files.ts'
import { redactionOptions, refusePaths, withVault } from './vault-on-disk.ts'

/** `tocsin redact`: what a model would be shown of a text. */
export const command: Command = {
  usage: `tocsin redact [--inventory FILE] [--policy FILE]
              [--vault FILE --key-file FILE [--tenant NAME] [--case ID]] [--json]

Reads text on standard input and writes it with every sensitive value replaced. With --vault, the map back is kept
in FILE, encrypted with the key file's content, for 'tocsin reveal'; without it the way is one way only.

  --inventory FILE  JSON {hosts[], users[], domains[], addresses[], groups[], terms[]}
  --policy FILE     YAML policy; its 'redaction' part says which classes stay readable
  --json            one record {text, replacements[{placeholder, class, offset, length}], problems[]};
                    offsets are Unicode code points of the input

Exit code 0; 2 where the usage is wrong or a file cannot be read.
`,
  async run(args, io) {
    const { values, positionals } = readArgs(args, { allowPositionals: true, options: redactionOptions })
    refusePaths(positionals)
    const inventory = await readInventory(values.inventory)
    const policy = await readPolicy(values.policy)
    const text = decodeEscapedUtf8(await readInput('-', io))
    // Alerts name the organisation's own machines: those are replaced with no list given too.
    const known = joinInventories(inventory.value, learnInventory(text))
    const rules = redactionRules(known, policy.redaction.keep)
    await withVault(values, systemClock.now(), io.signal, async ({ vault, save }) => {
      const residue = { inventory: inventoryWithout(known, rules.keep) }
      const redaction = redact(text, vault, rules, residue)
      // Before anything is printed: a placeholder that was shown can always be revealed.
      await save()
      const problems = [...inventory.problems, ...rules.problems, ...redaction.problems]
      if (values.json) {
        const { text: shown, replacements, decoded } = redaction
        writeRecord(io, { text: shown, replacements, decoded, problems })
      } else {
        io.stdout(encodeEscapedUtf8(redaction.text))
        for (const { code, message, where } of problems) io.stderr(`${code}: ${message} ${where ?? ''}\n`)
      }
    })
    return 0
  },
}
