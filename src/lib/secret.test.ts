import { format, inspect } from 'node:util'
import { serialize } from 'node:v8'
import { pino } from 'pino'
import { expect, it } from 'vitest'
import { AppError } from './app-error.ts'
import { Secret } from './secret.ts'

const value = 'correct-horse-7c41'
const secret = new Secret(value)

function logged(...args: Parameters<ReturnType<typeof pino>['error']>): string {
  const lines: string[] = []
  pino({ level: 'trace' }, { write: line => void lines.push(line) }).error(...args)
  return lines.join('')
}

it.each<[string, () => unknown]>([
  ['a text', () => `${secret} ${String(secret)} ${secret.toString()} ${[secret].join()}`],
  ['JSON', () => JSON.stringify({ secret, list: [secret], deep: { secret } })],
  ['what is printed', () => ['%s', '%j', '%o', '%O', '%d'].map(as => format(as, secret)).join(' ')],
  ['a look at its inside', () => inspect({ secret }, { showHidden: true, depth: 9, customInspect: false })],
  ['its members', () => [Object.entries(secret), Object.getOwnPropertyNames(secret), { ...secret }]],
  ['a copy', () => serialize({ ...secret }).toString('latin1')],
  ['an error and its cause', () => inspect(new AppError('x', `no ${secret}`, { cause: { secret } }))],
  [
    'a log',
    () => logged({ secret, err: new AppError('x', 'y', { cause: secret }) }, 'signed in with %s', secret),
  ],
])('is not in %s', (_where, show) => {
  const shown = show()
  expect(typeof shown === 'string' ? shown : JSON.stringify(shown)).not.toContain(value)
})

it('is taken out of what others repeat, and is itself where it is asked for', () => {
  expect(secret.scrub(`401: bad key ${value}, ${value}`)).toBe('401: bad key [secret], [secret]')
  expect(new Secret('').scrub('as it is')).toBe('as it is')
  expect(secret.expose()).toBe(value)
})
