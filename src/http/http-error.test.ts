import { expect, it } from 'vitest'
import { AppError } from '../lib/app-error.ts'
import { failureOf } from './http-error.ts'

it.each(['database-unavailable', 'database-conflict'])(
  'answers %s as something that passes, without the words of the database',
  code => {
    const { status, body } = failureOf(new AppError(code, 'Key (username)=(maria) at 10.0.0.7'))
    expect(status).toBe(503)
    expect(body.error).toMatchObject({ code, message: expect.stringContaining('try again') })
    expect(JSON.stringify(body)).not.toMatch(/maria|10\.0\.0\.7/)
  },
)

it('tells nothing of a fault of ours', () => {
  expect(failureOf(new AppError('database-failed', 'column x does not exist'))).toEqual({
    status: 500,
    body: {
      error: { code: 'internal', message: 'something went wrong on the server: its log has the details' },
    },
  })
})
