import { expect, it } from 'vitest'
import { isBackedUp } from './backed-up-files.ts'

it.each([
  'master.key',
  '../models.yaml',
  'documents/../master.key',
  'documents//a.md',
  'documents/..',
  '/documents/a.md',
  'yara/a.sh',
  'constructor/a.md',
  'documents',
  'knowledge/a\0.json',
])('no backup puts a file at %j', path => {
  expect(isBackedUp(path)).toBe(false)
})
