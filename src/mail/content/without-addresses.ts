/** Text without web and mail addresses. By words, so that a long run of characters costs no more than its length. */
export function withoutAddresses(text: string): string {
  return text
    .split(/\s+/)
    .filter(word => !word.includes('@') && !word.includes('://') && !word.startsWith('www.'))
    .join(' ')
}
