#!/usr/bin/env node
// `npm test`: installs what tests need, runs every check, ends with one line `N passed, N failed`.
import { join } from 'node:path'
import { runPrepared } from './prepare.js'

await runPrepared(join('bin', 'test.js'), process.argv.slice(2), async () => {
  const { installTestPrograms } = await import('./test-programs.js')
  const { runChecks } = await import('./checks.js')
  const missing = installTestPrograms()
  process.exitCode = await runChecks({ missing, onceMore: true })
})
