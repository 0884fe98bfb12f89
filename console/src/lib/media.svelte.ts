/** Whether the page is as narrow as a phone: tables then drop to what matters. */
class Media {
  narrow = $state(false)

  constructor() {
    const m = matchMedia('(max-width: 720px)')
    this.narrow = m.matches
    m.addEventListener('change', () => (this.narrow = m.matches))
  }
}

export const media = new Media()
