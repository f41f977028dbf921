/** Declares a string in the last rule of a YARA source, under a name that is free. */
export function insertString(source: string, { text, encoding }: { text: string; encoding: string }): string {
  const taken = new Set([...source.matchAll(/\$(\w+)/g)].map(([, name]) => name))
  let number = 1
  while (taken.has(`s${number}`)) number++
  const quoted = text.replace(/[\\"]/g, character => `\\${character}`)
  const line = `    $s${number} = "${quoted}"${encoding === 'wide' ? ' wide' : ''}\n`
  const condition = source.lastIndexOf('condition:')
  if (condition < 0) return `${source.trimEnd()}\n${line}`
  const start = source.lastIndexOf('\n', condition) + 1
  const hasStrings = /\bstrings\s*:/.test(source.slice(source.lastIndexOf('rule ', condition), condition))
  return `${source.slice(0, start)}${hasStrings ? '' : '  strings:\n'}${line}${source.slice(start)}`
}
