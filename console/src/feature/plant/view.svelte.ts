/** Where a picture stands and how large it is shown. */
export interface View {
  x: number
  y: number
  z: number
}

export const least = 0.25
export const most = 6

/** Zooms so that what is under a point stays there. */
export function zoomAt(v: View, factor: number, px: number, py: number): View {
  const z = Math.min(most, Math.max(least, v.z * factor))
  return { z, x: px - ((px - v.x) * z) / v.z, y: py - ((py - v.y) * z) / v.z }
}

/** Keeps the picture in the window: no further than its edges. */
export function held(v: View, width: number, height: number, w: number, h: number): View {
  const hold = (at: number, size: number, room: number) => (size <= room ? Math.max(0, Math.min(at, room - size)) : Math.min(0, Math.max(at, room - size)))
  return { z: v.z, x: hold(v.x, width * v.z, w), y: hold(v.y, height * v.z, h) }
}

/** The view in which a place of the picture stands in the middle. */
export function centred(v: View, x: number, y: number, w: number, h: number): View {
  return { z: v.z, x: w / 2 - x * v.z, y: h / 2 - y * v.z }
}
