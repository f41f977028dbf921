import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import type { Profile, ProfileBody } from '../../src/http/contract-intel-digest.ts'
import { writeProfile } from '../api/intel.ts'
import { SelectField, TextField } from '../components/field.tsx'
import { FormDialog } from '../components/form-dialog.tsx'
import { toast } from '../components/toast.tsx'

const cadences = [
  { value: 'off', label: 'not at all' },
  { value: 'daily', label: 'every day' },
  { value: 'weekly', label: 'on Mondays' },
] as const

const listOf = (text: string) =>
  text
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== '')

/** What the organisation is and uses, and who gets the digest. */
export function ProfileDialog({ profile, onClose }: { profile: Profile; onClose: () => void }) {
  const client = useQueryClient()
  const [sectors, setSectors] = useState(profile.sectors.join(', '))
  const [technologies, setTechnologies] = useState(profile.technologies.join(', '))
  const [recipients, setRecipients] = useState(profile.recipients.join(', '))
  const [cadence, setCadence] = useState<ProfileBody['cadence']>(profile.cadence)
  const [hour, setHour] = useState(String(profile.hour))
  const save = async () => {
    await writeProfile({
      sectors: listOf(sectors),
      technologies: listOf(technologies),
      recipients: listOf(recipients),
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
      <TextField
        label="Sectors"
        hint="As reports write them, separated by commas: energy, health care."
        value={sectors}
        onChange={event => setSectors(event.target.value)}
      />
      <TextField
        label="Technologies"
        hint="Products and platforms in use, separated by commas: FortiGate, Exchange, VMware."
        value={technologies}
        onChange={event => setTechnologies(event.target.value)}
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
      <TextField
        label="Recipients"
        hint="Mail addresses, separated by commas. Titles of reports under a TLP mark stay in the console."
        value={recipients}
        onChange={event => setRecipients(event.target.value)}
      />
    </FormDialog>
  )
}
