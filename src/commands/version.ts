import packageJson from '../../package.json' with { type: 'json' }
import type { Command } from './command.ts'
import { readArgs, writeRecord } from './command.ts'

/** `tocsin version`. */
export const command: Command = {
  usage: `tocsin version [--json]

Prints the version of Tocsin and of Node. Exit code 0.
`,
  async run(args, io) {
    const { values } = readArgs(args, { options: { json: { type: 'boolean' } } })
    if (values.json) writeRecord(io, { tocsin: packageJson.version, node: process.versions.node })
    else io.stdout(`tocsin ${packageJson.version} (node ${process.versions.node})\n`)
    return 0
  },
}
