import type { ChatMessageView } from '../../src/http/contract-assistant.ts'

/** A message as it stands in the branch that is shown, with its place among those beside it. */
export interface ShownMessage {
  readonly message: ChatMessageView
  /** Messages with the same parent, oldest first: other wordings of a question, other answers. */
  readonly siblings: readonly ChatMessageView[]
}

/** Which child was chosen of each parent; the beginning of a chat is the parent ''. */
export type BranchChoice = Readonly<Record<string, string>>

/** The branch to show: at each fork what was chosen, else the newest. */
export function branchToShow(messages: readonly ChatMessageView[], choice: BranchChoice): ShownMessage[] {
  const children = Map.groupBy(messages, message => message.parentId ?? '')
  const shown: ShownMessage[] = []
  for (let parent = ''; ; ) {
    const siblings = children.get(parent) ?? []
    const message = siblings.find(each => each.id === choice[parent]) ?? siblings.at(-1)
    if (message === undefined || shown.length > messages.length) return shown
    shown.push({ message, siblings })
    parent = message.id
  }
}
