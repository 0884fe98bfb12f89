/** How numbers, times and names are written, the same on every page. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** A whole number with thousands apart: 18,204. */
export function count(n: number | undefined): string {
  return n === undefined || !Number.isFinite(n) ? '–' : grouped.format(n)
}

/** How many rows a list has; counting may have stopped before the end. */
export function total(list: { total: number; more: boolean }): string {
  return list.more ? `more than ${count(list.total)}` : count(list.total)
}

/** A number and its noun: "1 asset", "3 assets". */
export function plural(n: number, one: string, many = one + 's'): string {
  return `${count(n)} ${n === 1 ? one : many}`
}

/** A size in bytes with decimal prefixes, as disks and networks count: 1.2 MB. */
export function bytes(n: number | undefined): string {
  return scaled(n, ['B', 'kB', 'MB', 'GB', 'TB', 'PB'])
}

/** A rate in bits a second of a rate in bytes: 12 Mbit/s. */
export function bitrate(bytesPerSecond: number | undefined): string {
  return scaled(bytesPerSecond === undefined ? undefined : bytesPerSecond * 8, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s'])
}

function scaled(n: number | undefined, units: string[]): string {
  if (n === undefined || !Number.isFinite(n)) return '–'
  let unit = 0
  while (Math.abs(n) >= 999.5 && unit < units.length - 1) {
    n /= 1000
    unit++
  }
  const digits = unit === 0 || Math.abs(n) >= 100 ? 0 : Math.abs(n) >= 10 ? 0 : 1
  return `${n.toFixed(digits)} ${units[unit]}`
}

/** A rate of things: 1,204/s, 0.3/s. */
export function rate(n: number | undefined): string {
  if (n === undefined || !Number.isFinite(n)) return '–'
  return n > 0 && n < 10 ? `${n.toFixed(1)}/s` : `${count(n)}/s`
}

/** A share from 0 to 1 in percent; a small one is not rounded to nothing. */
export function percent(x: number | undefined): string {
  if (x === undefined || !Number.isFinite(x)) return '–'
  if (x > 0 && x < 0.001) return '< 0.1 %'
  if (x < 1 && x > 0.999) return '> 99.9 %'
  return `${(x * 100).toFixed(x < 0.1 || x > 0.99 ? 1 : 0).replace(/\.0$/, '')} %`
}

/** A length of time in the two units that matter: "3 h 40 min". */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return '–'
  const s = Math.max(0, seconds)
  if (s < 1) return `${Math.round(s * 1000)} ms`
  if (s < 60) return `${Math.floor(s)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min`
  if (s < 86400) return two(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min')
  const d = Math.floor(s / 86400)
  return d < 14 ? two(d, d === 1 ? 'day' : 'days', Math.floor((s % 86400) / 3600), 'h') : `${d} days`
}

function two(a: number, ua: string, b: number, ub: string): string {
  return b ? `${a} ${ua} ${b} ${ub}` : `${a} ${ua}`
}

/** Whether a time from the API says anything. */
export function known(t: string | undefined | null): t is string {
  return !!t && !t.startsWith('0001-')
}

/** How long ago a time was: "4 min ago"; "in 2 min" if it is still to come. */
export function ago(t: string | undefined | null, now: number): string {
  if (!known(t)) return 'never'
  const s = (now - Date.parse(t)) / 1000
  if (s < -5) return 'in ' + duration(-s)
  if (s < 5) return 'now'
  return duration(s).replace(/ (h|days?) .*/, ' $1') + ' ago'
}

/** A time of this machine's zone: "06:02" today, "Thu 06:02" this week, else the date. */
export function clock(t: string | undefined | null, now: number): string {
  if (!known(t)) return '–'
  const d = new Date(t)
  const hm = d.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })
  const today = new Date(now)
  if (d.toDateString() === today.toDateString()) return hm
  if (Math.abs(now - d.getTime()) < 6 * 86400e3) return `${d.toLocaleDateString('en-GB', { weekday: 'short' })} ${hm}`
  const year = d.getFullYear() === today.getFullYear() ? undefined : 'numeric'
  return `${d.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year })} ${hm}`
}

/** A day: "19 Nov 2026". Days of the history are days in UTC. */
export function day(t: string): string {
  return new Date(t.slice(0, 10) + 'T00:00:00Z').toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' })
}

/** A time with everything, for titles and evidence. */
export function exact(t: string | undefined | null): string {
  if (!known(t)) return '–'
  const d = new Date(t)
  const pad = (n: number, w = 2) => String(n).padStart(w, '0')
  return `${d.getFullYear()}-${pad(d.getMonth() + 1)}-${pad(d.getDate())} ${pad(d.getHours())}:${pad(d.getMinutes())}:${pad(d.getSeconds())}.${pad(d.getMilliseconds(), 3)}`
}

/** A Purdue level in words; below 0 nothing places it. */
export function level(l: number | null | undefined): string {
  return l === null || l === undefined || l < 0 ? 'level unknown' : `level ${l}`
}

/** A side in words. */
export function side(s: string | undefined): string {
  return s === 'ot' ? 'OT' : s === 'it' ? 'IT' : 'side unknown'
}

/** A word with a capital first letter. */
export function capital(s: string): string {
  return s.charAt(0).toUpperCase() + s.slice(1)
}
