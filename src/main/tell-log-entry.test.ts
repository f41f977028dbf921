import { expect, it } from 'vitest'
import { tellLogEntry } from './tell-log-entry.ts'

const entry = (fields: object) => tellLogEntry(`${JSON.stringify({ level: 50, time: 0, ...fields })}\n`)

it('is one line with the time, how bad it is, what happened, why and to what', () => {
  const failed = { err: { type: 'Error', message: 'connect ECONNREFUSED', stack: 'at x\n at y' } }
  expect(entry({ ...failed, source: 'indexer', msg: 'source failed; it is started again' })).toMatch(
    /^tocsin: \d\d:\d\d:\d\d error: source failed; it is started again: connect ECONNREFUSED \(source indexer\)\n$/,
  )
  expect(entry({ level: 30, msg: 'deleted what was too old', deleted: { alerts: 3 } })).toMatch(
    /^tocsin: \d\d:\d\d:\d\d deleted what was too old \(deleted \{"alerts":3\}\)\n$/,
  )
  expect(entry({ level: 40, err: { message: 'why' } })).toMatch(/ warning: why\n$/)
})

it('obeys nothing that others wrote', () => {
  const told = entry({ msg: 'a\u001b[2J\nb', err: { message: 'c\u202ed' }, 'na\u0007me': 'e\rf' })
  expect(told.trimEnd()).not.toMatch(/\p{C}/u)
  expect(told).toContain('a\\u001b[2J\\u000ab: c\\u202ed')
})
