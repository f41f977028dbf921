import type { Alert } from '../domain/alert.ts'
import { readPointer } from '../lib/json-pointer.ts'
import { commandPatterns } from './signals/command-patterns.ts'
import { textsBelow } from './texts-below.ts'

/** Longer ones cost too much for every alert that comes in; a whole script is read when its case is investigated. */
const maxLength = 8192
const strong = commandPatterns.filter(({ weight }) => weight >= 1.8)
const commandFields = [
  '/data/win/eventdata/commandLine',
  '/data/win/eventdata/scriptBlockText',
  '/data/command',
  '/data/docker/Action',
  '/process/command_line',
] as const

/**
 * What a command does that ordinary ones do not, `''` for nothing: `reverse-shell`. For grouping: a rule that reports every
 * command of a host would else put the one of an attacker among hundreds that he or the host can make, and of so many alerts
 * not all are read.
 */
export function graveActOf(alert: Alert): string {
  const texts = commandFields.flatMap(pointer => {
    const value = readPointer(alert.document, pointer)
    return typeof value === 'string' ? value : []
  })
  const words = textsBelow(alert, '/data/audit/execve').map(({ text }) => text)
  for (const text of [...texts, words.join(' ')]) {
    if (text === '') continue
    const read = text.slice(0, maxLength)
    const found = strong.find(({ pattern }) => pattern.test(read))
    if (found !== undefined) return found.id
  }
  return ''
}
