#!/usr/bin/env node
// `npm run check`: the checks of `npm test`, for daily work. It installs no Debian packages, and takes the names of
// tests to run: `npm run check -- src/mail`.
import { join } from 'node:path'
import { runPrepared } from './prepare.js'

await runPrepared(join('bin', 'check.js'), process.argv.slice(2), async () => {
  const { missingTestPrograms } = await import('./test-programs.js')
  const { runChecks } = await import('./checks.js')
  process.exitCode = await runChecks({ missing: missingTestPrograms(), only: process.argv.slice(2) })
})
