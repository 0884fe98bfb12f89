// Makes a picture of a page small: few colours, in a palette (PNG, colour type 3).
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/** The lines of a PNG with eight bits a channel, unfiltered. */
function decode(png) {
  let [width, height, type] = [0, 0, 0]
  const data = []
  for (let o = 8; o < png.length; ) {
    const n = png.readUInt32BE(o)
    const name = png.toString('latin1', o + 4, o + 8)
    const body = png.subarray(o + 8, o + 8 + n)
    if (name === 'IHDR') [width, height, type] = [body.readUInt32BE(0), body.readUInt32BE(4), body[9]]
    if (name === 'IDAT') data.push(body)
    o += 12 + n
  }
  const step = type === 6 ? 4 : 3
  const raw = inflateSync(Buffer.concat(data))
  const out = Buffer.alloc(width * height * step)
  const line = width * step
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (line + 1)]
    for (let x = 0; x < line; x++) {
      const a = x >= step ? out[y * line + x - step] : 0
      const b = y ? out[(y - 1) * line + x] : 0
      const c = x >= step && y ? out[(y - 1) * line + x - step] : 0
      const p = a + b - c
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
      const guess = [0, a, b, (a + b) >> 1, pa <= pb && pa <= pc ? a : pb <= pc ? b : c][filter]
      out[y * line + x] = raw[y * (line + 1) + 1 + x] + guess
    }
  }
  return { width, height, step, out }
}

/** The picture in so many colours: the most frequent, and for others the nearest of these. */
export function palette(png, most = 80) {
  const { width, height, step, out } = decode(png)
  const counts = new Map()
  const at = (i) => (out[i] << 16) | (out[i + 1] << 8) | out[i + 2]
  for (let i = 0; i < out.length; i += step) counts.set(at(i), (counts.get(at(i)) ?? 0) + 1)
  const apart = (a, b) => Math.hypot((a >> 16) - (b >> 16), ((a >> 8) & 255) - ((b >> 8) & 255), (a & 255) - (b & 255))
  const colours = []
  for (const near of [5, 0]) for (const [c] of [...counts].sort((x, y) => y[1] - x[1])) if (colours.length < most && !colours.includes(c) && colours.every((k) => apart(c, k) > near)) colours.push(c)
  const index = new Map([...counts.keys()].map((c) => [c, colours.reduce((best, k, i) => (apart(c, k) < apart(c, colours[best]) ? i : best), 0)]))
  const lines = Buffer.alloc((width + 1) * height)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = index.get(at((y * width + x) * step))
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 3, 0, 0, 0], 8)
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('PLTE', Buffer.from(colours.flatMap((c) => [c >> 16, (c >> 8) & 255, c & 255]))), chunk('IDAT', deflateSync(lines, { level: 9 })), chunk('IEND', Buffer.alloc(0))])
}

function chunk(name, body) {
  const b = Buffer.alloc(12 + body.length)
  b.writeUInt32BE(body.length, 0)
  b.write(name, 4, 'latin1')
  body.copy(b, 8)
  b.writeUInt32BE(crc32(b.subarray(4, 8 + body.length)), 8 + body.length)
  return b
}
