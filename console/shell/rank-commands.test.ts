import { expect, it } from 'vitest'
import { rankCommands } from './rank-commands.ts'

const command = (label: string, group = 'Case') => ({ label, group, run: () => undefined })
const commands = [
  command('Previous case'),
  command('Next case'),
  command('Next evidence', 'Evidence'),
  command('Claim'),
]

it('finds commands that hold every word, beginnings first', () => {
  const found = (text: string) => rankCommands(commands, text).map(({ label }) => label)
  expect(found('')).toHaveLength(4)
  expect(found('next')).toEqual(['Next case', 'Next evidence'])
  expect(found('evidence next')).toEqual(['Next evidence'])
  expect(found('CLAIM case')).toEqual(['Claim'])
  expect(found('zzz')).toEqual([])
})
