import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile, ProfileBody } from '../../src/http/contract-intel-digest.ts'
import { writeProfile } from '../api/intel.ts'
import { SelectField, TextField, WordsField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

const cadences = [
  { value: 'off', label: 'not at all' },
  { value: 'daily', label: 'every day' },
  { value: 'weekly', label: 'on Mondays' },
] as const

/** What the organisation is and uses, and who gets the digest. */
export function ProfileDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const client = useQueryClient()
  const [sectors, setSectors] = useState<readonly string[]>(profile.sectors)
  const [technologies, setTechnologies] = useState<readonly string[]>(profile.technologies)
  const [recipients, setRecipients] = useState<readonly string[]>(profile.recipients)
  const [cadence, setCadence] = useState<ProfileBody['cadence']>(profile.cadence)
  const [hour, setHour] = useState(String(profile.hour))
  const save = async () => {
    await writeProfile({
      sectors: [...sectors],
      technologies: [...technologies],
      recipients: [...recipients],
      cadence,
      hour: Number(hour),
    })
    await client.invalidateQueries({ queryKey: ['intel'] })
    toast('Saved. The digest is ranked by it from now on.')
    onClose()
  }
  return (
    <FormDialog
      title="What the digest is ranked by, and who gets it"
      action="Save"
      send={save}
      onClose={onClose}
      wide
    >
      <WordsField
        label="Sectors"
        hint="As reports write them, separated by commas: energy, health care."
        words={sectors}
        onWords={setSectors}
      />
      <WordsField
        label="Technologies"
        hint="Products and platforms in use, separated by commas: FortiGate, Exchange, VMware."
        words={technologies}
        onWords={setTechnologies}
      />
      <div className="grid gap-3 sm:grid-cols-2">
        <SelectField
          label="Send by mail"
          options={cadences}
          value={cadence}
          onChange={event => setCadence(event.target.value as ProfileBody['cadence'])} // One of the options above.
        />
        <TextField
          label="Hour of the day, UTC"
          type="number"
          min={0}
          max={23}
          required
          value={hour}
          onChange={event => setHour(event.target.value)}
        />
      </div>
      <WordsField
        label="Recipients"
        hint="Mail addresses, separated by commas. Titles of reports under a TLP mark stay in the console."
        words={recipients}
        onWords={setRecipients}
      />
    </FormDialog>
  )
}
