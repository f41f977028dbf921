import type { PlaybookStepView } from '../../src/http/contract-playbooks.ts'
import { Untrusted } from '../components/untrusted.tsx'

/** The steps of a playbook in order, to read. */
export function StepWords({ steps }: { steps: readonly PlaybookStepView[] }) {
  return (
    <ol className="list-decimal pl-5 text-sm">
      {steps.map((step, at) => (
        <li
          // biome-ignore lint/suspicious/noArrayIndexKey: a step is its place
          key={at}
        >
          <Untrusted
            text={step.kind === 'question' ? step.text : step.tool.replaceAll('_', ' ')}
            limit={300}
          />
        </li>
      ))}
    </ol>
  )
}
