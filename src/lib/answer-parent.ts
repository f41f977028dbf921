import { AppError, messageOf } from './app-error.ts'

/** What a worker sends back: its answer, or why there is none. */
export type WorkerReply =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }

/** The whole life of a worker of `runInWorker`: one question in, one reply out. */
export function answerParent<Question>(answer: (question: Question) => unknown): void {
  process.once('message', async ({ question }: { question: Question }) => {
    process.send?.(await replyTo(question, answer))
  })
  process.once('disconnect', () => process.exit(0))
}

async function replyTo<Question>(
  question: Question,
  answer: (question: Question) => unknown,
): Promise<WorkerReply> {
  try {
    return { kind: 'answer', value: await answer(question) }
  } catch (error) {
    return {
      kind: 'error',
      code: error instanceof AppError ? error.code : 'worker-failed',
      message: messageOf(error),
    }
  }
}
