import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { AskTurnBody, TurnEventView } from '../../src/http/contract-assistant.ts'
import { askTurn, createChat, readChat } from '../api/assistant.ts'
import { failureText } from '../api/request.ts'
import { type BranchChoice, branchToShow } from './message-tree.ts'
import { untilAnswered } from './until-answered.ts'

/** An answer on its way. */
export interface RunningTurn {
  readonly question: string
  readonly parentId: string | null
  readonly events: readonly TurnEventView[]
}

export type Question = Omit<AskTurnBody, 'parentId'> & { readonly parentId?: string | null }

/** One chat: its messages, the answer that is running, and how to ask, stop and go between branches. */
export function useChat(chatId: string | undefined, onCreated: (id: string) => void) {
  const client = useQueryClient()
  const query = useQuery({
    queryKey: ['chats', chatId],
    queryFn: ({ signal }) => readChat(chatId ?? '', signal),
    enabled: chatId !== undefined,
  })
  const [choice, setChoice] = useState<BranchChoice>({})
  const [running, setRunning] = useState<RunningTurn>()
  const [failure, setFailure] = useState<{ readonly chatId: string | undefined; readonly text: string }>()
  const stopper = useRef<AbortController>(undefined)
  // biome-ignore lint/correctness/useExhaustiveDependencies: another chat begins at its newest branch
  useEffect(() => {
    setChoice({})
  }, [chatId])
  useEffect(() => () => stopper.current?.abort(), [])

  const messages = query.data?.messages ?? []
  const shown = branchToShow(messages, choice)

  /** Resolves with whether the question was taken. */
  async function ask({ parentId, ...body }: Question): Promise<boolean> {
    const stop = new AbortController()
    stopper.current = stop
    const parent = parentId === undefined ? (shown.at(-1)?.message.id ?? null) : parentId
    setFailure(undefined)
    setRunning({ question: body.text, parentId: parent, events: [] })
    let id = chatId
    let taken = false
    let questionId: string | undefined
    try {
      id ??= (await createChat(body.text.slice(0, 120), body.context?.caseId)).id
      await askTurn(
        id,
        { ...body, parentId: parent },
        event => {
          taken = true
          if (event.kind === 'question') {
            questionId = event.messageId
            setChoice(now => ({ ...now, [parent ?? '']: event.messageId }))
          }
          if (event.kind === 'failed') setFailure({ chatId: id, text: event.message })
          setRunning(now => now && { ...now, events: [...now.events, event] })
        },
        stop.signal,
      )
    } catch (error) {
      if (!stop.signal.aborted) setFailure({ chatId: id, text: failureText(error) })
    }
    if (id !== undefined && id !== chatId) onCreated(id)
    const of = id
    if (stop.signal.aborted && of !== undefined)
      await untilAnswered(questionId, async () => (await readChat(of, AbortSignal.timeout(30_000))).messages)
    await client.invalidateQueries({ queryKey: ['chats'] })
    setRunning(undefined)
    return taken
  }

  return {
    query,
    shown,
    files: query.data?.files ?? [],
    running,
    // Of this chat only; a chat that the failed question began is this one.
    failure: failure?.chatId === chatId ? failure : undefined,
    ask,
    stop: () => stopper.current?.abort(),
    choose: (parentId: string | null, id: string) => setChoice(now => ({ ...now, [parentId ?? '']: id })),
  }
}
