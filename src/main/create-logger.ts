import { pino } from 'pino'
import type { Config } from '../config.ts'
import { tellLogEntry } from './tell-log-entry.ts'

/**
 * Structured logs on standard error; where that is somebody's terminal, in prose like everything else that is told there.
 * What could be a secret is cut out by name, wherever it stands.
 */
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
    process.stderr.isTTY
      ? { write: line => void process.stderr.write(tellLogEntry(line)) }
      : pino.destination({ dest: 2, sync: true }), // Nothing is lost when the process ends.
  )
}
