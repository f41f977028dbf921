#!/usr/bin/env node
// `npm run bench [NAME]`: runs one bench, or says which there are. `npm run soak`: the full counts.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, runPrepared, say } from './prepare.js'

await runPrepared(join('bin', 'bench.js'), process.argv.slice(2), async () => {
  const folder = join(root, 'bench')
  const names = readdirSync(folder)
    .filter(file => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map(file => file.slice(0, -3))
  const [name] = process.argv.slice(2)
  if (name === undefined) {
    say(`npm run bench NAME, one of: ${names.join(', ')}`)
    return
  }
  const file = join(folder, `${name}.ts`)
  if (!/^[a-z0-9-]+$/.test(name) || !existsSync(file)) {
    say(`there is no bench '${name}'. There are: ${names.join(', ')}`)
    process.exitCode = 2
    return
  }
  // A bench reads its own arguments, as any program does.
  process.argv.splice(2, 1)
  await import(pathToFileURL(file).href)
})
