import type { PlaybookStepView } from '../../src/http/contract-playbooks.ts'
import { Untrusted } from '../components/untrusted.tsx'
import { stepText } from './step-text.ts'

/** The steps of a playbook in order, to read. */
export function StepWords({ steps }: { steps: readonly PlaybookStepView[] }) {
  return (
    <ol className="list-decimal pl-6 text-sm">
      {steps.map((step, at) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          key={at}
        >
          <Untrusted text={stepText(step)} limit={300} />
        </li>
      ))}
    </ol>
  )
}
