/** `Description on HOST`, and how many further kinds of alert there are. */
export function caseTitle(description: string, host: string, rules: number): string {
  const what = description.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '')
  const short = what.length > 140 ? `${what.slice(0, 139)}…` : what
  const where = host === '' ? '' : ` on ${host}`
  const more = rules > 1 ? ` and ${rules - 1} other kind${rules > 2 ? 's' : ''} of alert` : ''
  return `${short}${where}${more}`
}
