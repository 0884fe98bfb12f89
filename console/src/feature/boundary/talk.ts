/** Kinds of operation in words; "other" says nothing. */
export const kindsText = (kinds: string[] | undefined): string => (kinds ?? []).filter((k) => k !== 'other').slice(0, 4).join(', ')

/** A server's port with its transport. */
export const portText = (transport: string, port: number): string => `${transport} ${port}`.trim()
