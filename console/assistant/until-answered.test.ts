import { expect, it } from 'vitest'
import { untilAnswered } from './until-answered.ts'

const question = { parentId: null }
const answer = { parentId: 'q' }

it.each([
  ['at once', [[question, answer]]],
  ['after two readings', [[question], [question], [question, answer]]],
  ['after the server was away', [new Error('away'), [question, answer]]],
  ['where another question was answered before', [[{ parentId: 'p' }], [question, answer]]],
])('a stopped answer that is kept %s is waited for', async (_, replies) => {
  let read = 0
  await untilAnswered(
    'q',
    async () => {
      const reply = replies[read++]
      if (reply === undefined || reply instanceof Error) throw reply ?? new Error('read too often')
      return reply
    },
    0,
  )
  expect(read).toBe(replies.length)
})

it('nothing is waited for where the question never got there, and not for ever where no answer comes', async () => {
  let read = 0
  const none = async () => {
    read++
    return []
  }
  await untilAnswered(undefined, none, 0)
  expect(read).toBe(0)
  await untilAnswered('q', none, 0)
  expect(read).toBe(100)
})
