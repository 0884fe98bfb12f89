/** Where a line and column (from 1, in characters) stand in a text. */
export function offset(text: string, line: number, column: number): number {
  let at = 0
  for (let l = 1; l < line; l++) {
    const next = text.indexOf('\n', at)
    if (next < 0) return text.length
    at = next + 1
  }
  const end = text.indexOf('\n', at)
  const stop = end < 0 ? text.length : end
  // A character beyond the first plane is two units of a string.
  for (let c = 1; c < column && at < stop; c++) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1
  return at
}

/** The line and column at which a place in the text stands. */
export function place(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at)
  const start = before.lastIndexOf('\n') + 1
  return { line: before.split('\n').length, column: [...before.slice(start)].length + 1 }
}

/** The blanks that a new line begins with: those of the line it comes from, deeper after a colon or for a list's member. */
export function indent(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1
  const line = text.slice(start, at)
  const own = /^ */.exec(line)![0]
  if (/^\s*- \S/.test(line)) return own + (/:\s*$/.test(line) ? '    ' : '  ')
  return /:\s*$/.test(line) ? own + '  ' : own
}
