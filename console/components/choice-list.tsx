import { CheckField } from './check-field.tsx'

/** Boxes to tick, any number of them, under one heading. */
export function ChoiceList<Value extends string>({
  legend,
  hideLegend = false,
  options,
  chosen,
  onChange,
}: {
  legend: string
  /** Where a heading of the page says it already. */
  hideLegend?: boolean
  options: readonly { readonly value: Value; readonly label: string }[]
  chosen: readonly Value[]
  onChange: (chosen: readonly Value[]) => void
}) {
  return (
    <fieldset className="min-w-0">
      <legend className={hideLegend ? 'sr-only' : 'mb-1 text-sm font-medium'}>{legend}</legend>
      <div className="flex flex-wrap gap-x-4 gap-y-1">
        {options.map(({ value, label }) => (
          <CheckField
            key={value}
            className="max-sm:min-h-9"
            checked={chosen.includes(value)}
            onChange={on => onChange(on ? [...chosen, value] : chosen.filter(each => each !== value))}
          >
            {label}
          </CheckField>
        ))}
      </div>
    </fieldset>
  )
}
