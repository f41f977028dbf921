import { AppError, messageOf } from '../lib/app-error.ts'

/** What a worker sends back: its answer, or why there is none. */
export type WorkerReply =
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly message: string }

/** The whole life of a worker of `runInWorker`: one question in, one reply out. */
export function answerParent<Question>(answer: (question: Question) => unknown): void {
  process.once('message', ({ question }: { question: Question }) => {
    process.send?.(replyTo(question, answer))
  })
  process.once('disconnect', () => process.exit(0))
}

function replyTo<Question>(question: Question, answer: (question: Question) => unknown): WorkerReply {
  try {
    return { kind: 'answer', value: answer(question) }
  } catch (error) {
    return {
      kind: 'error',
      code: error instanceof AppError ? error.code : 'worker-failed',
      message: messageOf(error),
    }
  }
}
