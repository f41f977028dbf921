import { useState } from 'react'
import type { PackVersion } from '../../src/http/contract-yara.ts'
import type { PackList } from '../api/yara.ts'
import { CheckField } from '../components/check-field.tsx'
import { ChooseFiles } from '../components/choose-files.tsx'
import { DropArea } from '../components/drop-area.tsx'
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
  const [left, setLeft] = useState<readonly string[]>([])
  const chosen = packs.map(pack => pack.name).filter(name => !left.includes(name))
  const scan = (files: readonly File[]) => {
    if (files.length > 0 && chosen.length > 0) onScan(files, chosen)
  }
  return (
    <DropArea label="Scan files" className="grid gap-2" onFiles={scan}>
      <div className="flex flex-wrap items-center gap-3">
        <ChooseFiles busy={busy ? 'Scanning …' : undefined} onFiles={scan} />
        <p className="text-muted">
          or drop files here. Each at most {Math.round(limits.fileBytes / 1024 ** 2)} MB,{' '}
          {limits.timeoutMs / 1000} seconds and {Math.round(limits.memoryBytes / 1024 ** 2)} MB of memory.
          Nothing is run, and no file is kept.
        </p>
      </div>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1">
        <legend className="sr-only">With these packs</legend>
        {packs.map(({ name, version, ruleCount }) => (
          <CheckField
            key={name}
            checked={!left.includes(name)}
            onChange={on => setLeft(on ? left.filter(each => each !== name) : [...left, name])}
          >
            {name} {version} <span className="text-muted">({count(ruleCount, 'rule')})</span>
          </CheckField>
        ))}
      </fieldset>
    </DropArea>
  )
}
