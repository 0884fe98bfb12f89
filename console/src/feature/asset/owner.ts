export type Side = 'it' | 'operations'

/** Where the plant model names the owner of a line, or of a zone where there is no line. */
export function ownerPath(line: string, zone: string, side: Side): string {
  return `${line ? `lines[${line}]` : `zones[${zone}]`}.owners.${side}`
}

/** A short identifier made of a name, that none of the taken has: "Anna Weiß" is anna, then anna-weiss. */
export function slug(name: string, taken: Set<string>): string {
  const words = name.trim().toLowerCase().replace(/ß/g, 'ss').normalize('NFKD').replace(/[\u0300-\u036f]/g, '').split(/[^a-z0-9]+/).filter(Boolean)
  const base = words.length ? words : ['person']
  for (let n = 1; n <= base.length; n++) if (!taken.has(base.slice(0, n).join('-'))) return base.slice(0, n).join('-')
  for (let n = 2; ; n++) if (!taken.has(`${base.join('-')}-${n}`)) return `${base.join('-')}-${n}`
}
