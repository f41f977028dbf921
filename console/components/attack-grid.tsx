/** How a cell is told apart: by sign and word, not by colour alone. */
export interface CellKind {
  readonly sign: string
  readonly word: string
  readonly look: string
}

interface GridTechnique {
  readonly id: string
  readonly name: string
  readonly tactics: readonly string[]
}

/** ATT&CK techniques by tactic, in the order given. `kindOf` and `noteOf` say what a cell shows. */
export function AttackGrid<Technique extends GridTechnique>({
  label,
  kinds,
  tactics,
  techniques,
  kindOf,
  noteOf,
}: {
  label: string
  kinds: readonly CellKind[]
  tactics: readonly { readonly shortName: string; readonly name: string }[]
  techniques: readonly Technique[]
  kindOf: (technique: Technique) => CellKind
  noteOf: (technique: Technique) => string
}) {
  const columns = tactics.map(tactic => ({
    ...tactic,
    own: techniques.filter(each => each.tactics.includes(tactic.shortName)),
  }))
  const filled = columns.filter(({ own }) => own.length > 0)
  const empty = columns.filter(({ own }) => own.length === 0)
  return (
    <div className="grid grid-cols-1 gap-3">
      <ul className="flex flex-wrap gap-x-4 gap-y-1 text-sm text-muted">
        {kinds.map(({ sign, word, look }) => (
          <li key={word} className="flex items-center gap-1.5">
            <span
              aria-hidden="true"
              className={`inline-block w-5 rounded border text-center text-ink ${look}`}
            >
              {sign}
            </span>
            {word}
          </li>
        ))}
      </ul>
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and the keyboard must be able to scroll it
        tabIndex={0}
        className="relative flex gap-2 overflow-x-auto pb-3"
      >
        {filled.map(({ shortName, name, own }) => (
          <div key={shortName} className="grid w-40 shrink-0 content-start gap-1">
            <h2 className="text-xs font-semibold">
              {name} <span className="tabular font-normal text-muted">{own.length}</span>
            </h2>
            <ul className="grid gap-1">
              {own.map(technique => (
                <Cell
                  key={technique.id}
                  technique={technique}
                  kind={kindOf(technique)}
                  note={noteOf(technique)}
                />
              ))}
            </ul>
          </div>
        ))}
      </section>
      {empty.length > 0 && (
        <p className="text-sm text-muted">Nothing in {empty.map(({ name }) => name).join(', ')}.</p>
      )}
    </div>
  )
}

function Cell({ technique, kind, note }: { technique: GridTechnique; kind: CellKind; note: string }) {
  const { sign, word, look } = kind
  return (
    <li className={`rounded border px-1.5 py-1 text-xs ${look}`} title={word}>
      <span className="font-mono">
        <span aria-hidden="true">{sign} </span>
        <span className="sr-only">{word}: </span>
        {technique.id}
      </span>
      <span className="block">{technique.name}</span>
      <span className="tabular block text-muted">{note}</span>
    </li>
  )
}
