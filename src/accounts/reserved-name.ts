/** The name of the account for the day on which nobody else can get in. */
export const breakGlassName = 'break-glass'

/** Names that no person, directory or provider may have: whoever holds one would be taken for what it stands for. */
export function isReservedName(username: string): boolean {
  return username.toLowerCase() === breakGlassName
}
