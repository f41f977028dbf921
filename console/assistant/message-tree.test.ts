import { expect, it } from 'vitest'
import type { ChatMessageView } from '../../src/http/contract-assistant.ts'
import { branchToShow } from './message-tree.ts'

const message = (id: string, parentId: string | null): ChatMessageView => ({
  id,
  parentId,
  kind: 'question',
  text: id,
  state: 'done',
  hypothesis: null,
  answer: null,
  feedback: null,
  createdMs: 0,
})
const tree = [
  message('q1', null),
  message('a1', 'q1'),
  message('q2', 'a1'),
  message('q2b', 'a1'),
  message('a2', 'q2'),
]
const ids = (choice: Record<string, string>) => branchToShow(tree, choice).map(each => each.message.id)

it('shows the newest branch, or the one that was chosen', () => {
  expect(ids({})).toEqual(['q1', 'a1', 'q2b'])
  expect(ids({ a1: 'q2' })).toEqual(['q1', 'a1', 'q2', 'a2'])
  expect(ids({ a1: 'gone' })).toEqual(['q1', 'a1', 'q2b'])
  expect(branchToShow(tree, {})[2]?.siblings).toHaveLength(2)
})
