import { expect, it } from 'vitest'
import { z } from 'zod'
import { promptVersion } from './prompt-version.ts'

const shape = z.object({ verdict: z.enum(['a', 'b']), claims: z.array(z.string().max(10)) })

it('is another one with every change of words or shape, though nobody bumped its name', () => {
  const versions = [
    promptVersion('p-1', 'Judge it.', shape),
    promptVersion('p-1', 'Judge it!', shape),
    promptVersion('p-1', 'Judge it.', shape.extend({ claims: z.array(z.string().max(11)) })),
    promptVersion('p-1', 'Judge it.', shape.extend({ verdict: z.enum(['a', 'b', 'c']) })),
    promptVersion('p-1', 'Judge it.'),
    promptVersion('p-2', 'Judge it.', shape),
  ]
  expect(new Set(versions).size).toBe(versions.length)
  expect(promptVersion('p-1', 'Judge it.', z.object(shape.shape))).toBe(versions[0])
  for (const version of versions) expect(version).toMatch(/^p-[12]\.[0-9a-f]{8}$/)
})
