import { failureText } from '../api/request.ts'

/** What went wrong, where a form shows it; nothing while nothing has. `what` says in a word or two what was not done. */
export function Complaint({ error, what }: { error: Error | null; what?: string }) {
  if (error === null) return null
  return (
    <p role="alert" className="font-medium text-bad">
      {what !== undefined && `${what}: `}
      {failureText(error)}
    </p>
  )
}
