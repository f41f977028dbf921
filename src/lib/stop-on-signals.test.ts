import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { stopOnSignals } from './stop-on-signals.ts'

function watched() {
  const source = new EventEmitter()
  const clock = { ms: 0 }
  const impatient: string[] = []
  const stop = stopOnSignals(source, { onImpatience: name => impatient.push(name), now: () => clock.ms })
  return { source, clock, impatient, stop }
}

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])('fires at %s', signal => {
  const { source, stop } = watched()
  expect(stop.aborted).toBe(false)
  source.emit(signal)
  expect(stop.aborted).toBe(true)
  expect(String(stop.reason)).toContain(signal)
})

it('takes the same request from the terminal, npm and the launcher as one', () => {
  const { source, clock, impatient } = watched()
  source.emit('SIGINT')
  clock.ms = 40
  source.emit('SIGINT')
  clock.ms = 900
  source.emit('SIGTERM')
  expect(impatient).toEqual([])
})

it('ends at once for whoever asks again later', () => {
  const { source, clock, impatient } = watched()
  source.emit('SIGINT')
  clock.ms = 3001
  source.emit('SIGINT')
  expect(impatient).toEqual(['SIGINT'])
})
