#!/usr/bin/env node
// The `tocsin` program. From a published package it runs dist/; from a checkout it first gets the checkout ready.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { root, runPrepared } from './prepare.js'

const built = join(root, 'dist', 'src', 'run-cli.js')
if (existsSync(join(root, 'src', 'run-cli.ts'))) {
  await runPrepared(join('bin', 'tocsin.js'), process.argv.slice(2), () => import('../src/run-cli.ts'))
} else {
  await import(built)
}
