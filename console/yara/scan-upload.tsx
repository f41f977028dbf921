import { type DragEvent, useId, useState } from 'react'
import type { PackVersion } from '../../src/http/contract-yara.ts'
import type { PackList } from '../api/yara.ts'
import { buttonClass } from '../components/button.tsx'
import { count } from '../text/count.ts'

/** Takes files to scan, dropped or chosen, and with which packs. */
export function ScanUpload({
  packs,
  limits,
  busy,
  onScan,
}: {
  packs: readonly PackVersion[]
  limits: PackList['limits']
  busy: boolean
  onScan: (files: readonly File[], packs: readonly string[]) => void
}) {
  const id = useId()
  const [over, setOver] = useState(false)
  const [left, setLeft] = useState<readonly string[]>([])
  const chosen = packs.map(pack => pack.name).filter(name => !left.includes(name))
  const scan = (files: FileList | null) => {
    if (files !== null && files.length > 0 && chosen.length > 0) onScan([...files], chosen)
  }
  return (
    <section
      aria-label="Scan files"
      onDragOver={(event: DragEvent) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault()
        setOver(false)
        scan(event.dataTransfer.files)
      }}
      className={`grid gap-2 rounded border border-dashed p-3 ${over ? 'border-accent bg-selected' : 'border-line-strong'}`}
    >
      <div className="flex flex-wrap items-center gap-3">
        <label htmlFor={id} className={`${buttonClass('plain')} cursor-pointer`}>
          {busy ? 'Scanning …' : 'Choose files'}
        </label>
        <input
          id={id}
          type="file"
          multiple
          className="sr-only"
          onChange={event => {
            scan(event.target.files)
            event.target.value = ''
          }}
        />
        <p className="text-muted">
          or drop files here. Each at most {Math.round(limits.fileBytes / 1024 ** 2)} MB,{' '}
          {limits.timeoutMs / 1000} seconds and {Math.round(limits.memoryBytes / 1024 ** 2)} MB of memory.
          Nothing is run, and no file is kept.
        </p>
      </div>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="sr-only">With these packs</legend>
        {packs.map(({ name, version, ruleCount }) => (
          <label key={name} className="flex items-center gap-1.5">
            <input
              type="checkbox"
              checked={!left.includes(name)}
              onChange={event =>
                setLeft(event.target.checked ? left.filter(each => each !== name) : [...left, name])
              }
            />
            {name} {version} <span className="text-muted">({count(ruleCount, 'rule')})</span>
          </label>
        ))}
      </fieldset>
    </section>
  )
}
