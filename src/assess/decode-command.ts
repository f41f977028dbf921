/** The encoded argument of `powershell -EncodedCommand …` in any of its accepted shortenings, as it stands. */
export function encodedArgument(command: string): string | undefined {
  const match =
    /\s[-/]e(?:c|nc?|nco(?:d(?:e(?:d(?:c(?:o(?:m(?:m(?:a(?:nd?)?)?)?)?)?)?)?)?)?)?[\s:]+[\\"']*([A-Za-z0-9+/]{16,}={0,2})/i.exec(
      command,
    )
  return match?.[1]
}

/** The script in it: UTF-16LE under base64. `undefined` where it is no text. */
export function decodeCommand(encoded: string): string | undefined {
  const text = Buffer.from(encoded, 'base64').toString('utf16le').replaceAll('\0', '')
  const readable = text.match(/[\x20-\x7e\r\n\t]/g)?.length ?? 0
  return text.length > 0 && readable / text.length > 0.9 ? text.toWellFormed() : undefined
}
