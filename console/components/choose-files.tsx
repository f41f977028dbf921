import { useId } from 'react'
import { buttonClass } from './button.tsx'

/** A button that lets files be chosen and hands them over at once. */
export function ChooseFiles({
  busy,
  accept,
  onFiles,
}: {
  /** What is being done with files that were chosen before, in place of the button's words. */
  busy: string | undefined
  accept?: string
  onFiles: (files: readonly File[]) => void
}) {
  const id = useId()
  return (
    <>
      <label htmlFor={id} className={`${buttonClass('plain')} cursor-pointer`}>
        {busy ?? 'Choose files'}
      </label>
      <input
        id={id}
        type="file"
        accept={accept}
        multiple
        className="sr-only"
        onChange={event => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = '' // The same file may be chosen again.
        }}
      />
    </>
  )
}
