import { pino } from 'pino'
import type { Config } from '../config.ts'

/** Structured logs on standard error. What could be a secret is cut out by name, wherever it stands. */
export function createLogger(level: Config['logLevel'] | 'silent') {
  const names = [
    'password',
    'secret',
    'token',
    'authorization',
    'cookie',
    'apiKey',
    'csrfToken',
    'credential',
  ]
  return pino(
    {
      level,
      base: null,
      redact: { paths: names.flatMap(name => [name, `*.${name}`, `*.*.${name}`]), censor: '[secret]' },
    },
    pino.destination({ dest: 2, sync: true }), // Nothing is lost when the process ends.
  )
}
