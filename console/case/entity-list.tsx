import { useState } from 'react'
import type { EntityView } from '../../src/http/contract-cases.ts'
import { Button } from '../components/button.tsx'
import { entityTypeWords } from '../components/entity-type.ts'
import { entityHref, Link } from '../components/link.tsx'
import { visibleText } from '../text/visible-text.ts'
import type { CaseSectionProps } from './case-sections.ts'

const shownPerType = 6

/** Who and what the case is about, by kind. Each opens its own page: every case and alert that names it. */
export function EntityList({ detail: { entities, moreEntities } }: CaseSectionProps) {
  const types = [...new Set(entities.map(entity => entity.type))]
  if (entities.length === 0) return <p className="text-muted">The alerts name no host, account or address.</p>
  return (
    <div className="grid gap-3">
      {types.map(type => (
        <EntityGroup key={type} type={type} entities={entities.filter(entity => entity.type === type)} />
      ))}
      {moreEntities && (
        <p className="text-muted">
          The {entities.length} that most alerts name; the others are found by searching for them.
        </p>
      )}
    </div>
  )
}

function EntityGroup({ type, entities }: { type: EntityView['type']; entities: readonly EntityView[] }) {
  const [all, setAll] = useState(false)
  const shown = all ? entities : entities.slice(0, shownPerType)
  return (
    <section>
      <h3 className="text-xs text-muted">{entityTypeWords[type].many}</h3>
      <ul>
        {shown.map(entity => (
          <li key={entity.value} className="flex min-h-6 items-baseline gap-2">
            <Link
              href={entityHref(entity.type, entity.value)}
              className="min-w-0 wrap-anywhere text-accent hover:underline"
            >
              {visibleText(entity.value)}
            </Link>
            <span className="ml-auto shrink-0 text-xs text-muted">
              {entity.roles.join(', ')} <span className="tabular">× {entity.alertCount}</span>
            </span>
          </li>
        ))}
      </ul>
      {entities.length > shown.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {entities.length - shown.length} more
        </Button>
      )}
    </section>
  )
}
