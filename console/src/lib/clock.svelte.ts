/** The time that "4 min ago" counts from; it goes on every ten seconds. */
class Clock {
  now = $state(Date.now())

  constructor() {
    setInterval(() => (this.now = Date.now()), 10_000)
  }
}

export const clock = new Clock()
