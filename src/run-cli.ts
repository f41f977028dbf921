import { enableCompileCache } from 'node:module'
import { runCli } from './cli.ts'
import { fileTrouble } from './lib/file-trouble.ts'
import { stopOnSignals } from './lib/stop-on-signals.ts'

// Types are stripped when a file is loaded; the cache keeps the result, which halves the start.
enableCompileCache()

const stop = stopOnSignals(process, { onImpatience: signal => process.exit(signal === 'SIGINT' ? 130 : 143) })
// A reader that went away (`| head`) ends the program without a word, a full disk with one.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  process.stderr.write(`tocsin: cannot write the results: ${fileTrouble(error)}\n`)
  process.exit(1)
})

process.exitCode = await runCli(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: text => void process.stdout.write(text),
  stderr: text => void process.stderr.write(text),
  signal: stop,
})
