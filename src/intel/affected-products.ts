const most = 100

/**
 * The products that a report says are affected, where it says so in a field of its own: `Affected: npm bear < 2.0.0` of an
 * advisory, `product: MOVEit Transfer` of CISA's KEV. Names in prose are left alone: every report speaks of Windows.
 */
export function affectedProducts(text: string): string[] {
  const found = new Set<string>()
  for (const [, field = '', value = ''] of text.matchAll(
    /^[ \t>*-]{0,10}(affected(?: (?:products?|packages?|software))?|products?|packages?) ?: {0,4}([^\n]{2,2000})$/gim,
  ))
    for (const part of value.split(/[,;]/)) {
      const name = productIn(part.trim(), /^affected$/i.test(field))
      if (name !== undefined && found.size < most) found.add(name)
    }
  return [...found]
}

const ecosystems =
  /^(?:npm|pip|pypi|maven|nuget|go|rubygems|composer|packagist|crates\.io|rust|hex|pub|swift|debian|deb|rpm|ubuntu|alpine)\b[\s:]*/i

/** Without the ecosystem before it and the range of versions behind it. */
function productIn(part: string, isAdvisory: boolean): string | undefined {
  const bare = (isAdvisory ? part.replace(ecosystems, '') : part)
    .replace(/\s+\(?(?:[<>=~^]|v?\d|before\b|prior\b|through\b|up to\b|versions?\b|all\b).*$/i, '')
    .trim()
  return bare.length >= 2 && bare.length <= 80 && /\p{L}{2}/u.test(bare) ? bare : undefined
}
