import { Untrusted } from '../components/untrusted.tsx'

/** A deployed rule as lists of rules name it: its id, and what its author says that it finds. */
export function RuleName({ id, description }: { id: string; description: string }) {
  return (
    <>
      <span className="font-mono text-xs">{id}</span> <Untrusted text={description} limit={120} />
    </>
  )
}
