/**
 * About how many tokens a text is: three UTF-8 bytes each, which errs high for English and logs (measured 3.2 to
 * 4.2 bytes a token), as a budget should.
 */
export function estimateTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 3)
}
