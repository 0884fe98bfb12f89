// Frame times of a page while something is done to it.

/** Frame times in ms, the shortest first; the first two are those of beginning. */
export async function frames(page, act) {
  await page.evaluate(() => {
    window.frames_ = []
    window.going = true
    let last = performance.now()
    const next = (t) => {
      window.frames_.push(t - last)
      last = t
      if (window.going) requestAnimationFrame(next)
    }
    requestAnimationFrame(next)
  })
  await act()
  const list = await page.evaluate(() => ((window.going = false), window.frames_.slice(2)))
  if (!list.length) throw new Error('not a frame was drawn meanwhile')
  return list.sort((x, y) => x - y)
}

/** The frame time that a share of all does not exceed. */
export const at = (list, share) => list[Math.min(list.length - 1, Math.floor(share * list.length))]

/** Drags what is at a box of the map in small circles. */
export async function drag(page, box) {
  const [x, y] = [box.x + box.width / 2, box.y + 200]
  await page.mouse.move(x, y)
  await page.mouse.down()
  for (let i = 0; i < 90; i++) await page.mouse.move(x + 120 * Math.sin(i / 9), y + 90 * Math.cos(i / 7))
  await page.mouse.up()
}

/** Scrolls the page by 400 pixels a frame. */
export const scroll = (page) =>
  page.evaluate(async () => {
    for (let i = 0; i < 150; i++) {
      scrollBy(0, 400)
      await new Promise(requestAnimationFrame)
    }
  })
