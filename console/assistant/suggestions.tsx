import { Button } from '../components/button.tsx'
import { Untrusted } from '../components/untrusted.tsx'
import type { PageContext } from './page-context.ts'

/** What can be asked here, before anything was. */
export function Suggestions({ page, onAsk }: { page: PageContext; onAsk: (question: string) => void }) {
  return (
    <section aria-label="Suggested questions" className="grid gap-2">
      <p className="text-muted">
        Ask about {page.words ?? 'alerts, cases, hosts, indicators, rules and ATT&CK'}. Numbers are counted by
        code; each sentence shows what it stands on.
      </p>
      <ul className="flex flex-wrap gap-1.5">
        {page.suggestions.map(question => (
          <li key={question}>
            <Button className="whitespace-normal text-left" onClick={() => onAsk(question)}>
              <Untrusted text={question} limit={120} />
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}
