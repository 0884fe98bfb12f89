// What the test server answers to "are we actually protected?": the hub's own
// claims, judged by what the made-up plant has. The judging is the hub's work
// and tested there; here each status only has to come up.
import { before } from './plant.mjs'

export function protection(w) {
  const a = w.plant.assets
  const inside = a.filter((x) => x.kind === 'device')
  const unknown = inside.filter((x) => x.role === 'unknown')
  const crossing = w.plant.conversations.filter((c) => c.crossing)
  const writes = w.plant.operations.filter((o) => o.kind === 'write' && o.requester.side === 'it')
  const bad = w.sensors.filter((s) => !s.ok)
  const empty = a.length === 0
  const link = (id) => '/assets/' + id
  const say = (id, check, says, unit, owners, page, judged) => ({ id, check, says, unit, owners, link: page, missing: 0, of: 0, as_of: empty ? null : before(1), evidence: [], ...(empty ? { status: 'unknown', why: 'No sensor has seen a packet yet.' } : judged) })
  const both = ['it', 'operations']
  const statements = [
    say('control', 7, 'No office computer changes what a controller does.', 'machine', both, '/findings', writes.length ? { status: 'contradicted', missing: 1, of: 9, why: `${writes[0].requester.label} wrote to ${writes[0].responder.label} (${writes[0].protocol}, ${writes[0].object}), last at 14:52 yesterday.`, evidence: writes.slice(0, 3).map((o) => ({ text: `${o.requester_address} → ${o.responder_address} ${o.protocol} ${o.object}`, link: link(o.responder.id) })) } : { status: 'proven', why: 'Not seen in 7 days of watching.' }),
    say('conduits', 7, 'Office and plant talk only through conduits that somebody answers for.', 'conversation', both, '/boundary?covered=no', { status: 'contradicted', missing: crossing.length, of: 0, why: `${crossing.length} conversations cross and no conduit of the plant model covers them.`, evidence: crossing.slice(0, 5).map((c) => ({ text: `${c.client.label} → ${c.server.label} ${c.protocol}`, link: link(c.client.id) })) }),
    say('remote', 17, 'Nobody steers plant machines by remote-control programs outside the gateway.', 'machine', ['operations'], '/findings', { status: 'stale', missing: 1, why: 'TeamViewer from HMI-302-067 was seen 11 days ago, and not since.', evidence: [{ text: 'HMI-302-067 → 198.51.100.126 teamviewer', link: '/findings' }] }),
    say('inventory', 1, 'Every machine that talks on the network is known.', 'machine', both, '/assets?role=unknown', { status: 'contradicted', missing: unknown.length, of: inside.length, why: `${unknown.length} machines have neither a role nor a vendor.`, evidence: unknown.slice(0, 6).map((x) => ({ text: `${x.label}, ${x.network}`, link: link(x.id) })) }),
    say('sensors', 32, 'The sensors see all that passes their ports.', 'sensor', ['it'], '/sensors', bad.length ? { status: 'contradicted', missing: bad.length, of: w.sensors.length, why: bad[0].problem, evidence: bad.map((s) => ({ text: s.name, link: '/sensors' })) } : { status: 'proven', of: w.sensors.length, why: 'No sensor has a problem.' }),
    say('inbound', 10, 'Nothing on the plant floor can be reached from the internet.', 'machine', ['it'], '/findings', { status: 'unknown', why: 'Not seen, but that proves nothing. sensor-line-3 has not seen a packet for 14 minutes.' }),
    say('owners', 5, 'Every machine has an owner in IT and one in operations.', 'machine', both, '/assets?owner=none', { status: 'unknown', missing: inside.length, of: inside.length, why: 'The plant model names no owners yet.' }),
    say('passwords', 23, 'No password crosses the network in clear text.', 'machine', ['it'], '/findings', { status: 'unknown', why: 'Not seen, but that proves nothing. The sensors have watched for 5 days; a week has to pass, so that weekend jobs came by.' }),
    say('word', 41, 'The spare controllers in the store room start.', 'spare', ['operations'], '', { status: 'attested', why: 'Bernd Ott signed for it on 2 November.' }),
    say('internet', 9, 'No plant machine talks to the internet.', 'machine', both, '/findings', { status: 'proven', of: inside.filter((x) => x.side === 'ot').length, why: 'Not seen in 7 days of watching by 2 sensors.' }),
    say('versions', 2, 'For nine of ten plant machines it is known what runs on them.', 'machine', ['operations'], '/assets?side=ot', { status: 'proven', of: inside.filter((x) => x.side === 'ot').length, why: 'The version of 58 of 62 is known.' }),
    say('kept', 34, 'What happened is kept for at least 90 days.', 'day', ['it'], '/settings/history', { status: 'proven', why: 'Rows by the day are kept for ten years.' }),
  ]
  const worst = ['contradicted', 'stale', 'unknown', 'attested', 'proven']
  statements.sort((x, y) => worst.indexOf(x.status) - worst.indexOf(y.status))
  const counts = Object.fromEntries(['proven', 'contradicted', 'stale', 'attested', 'unknown'].map((s) => [s, statements.filter((x) => x.status === s).length]))
  const act = (statement, text, effect, owners, when, page) => ({ statement, do: text, effect, owners, when, link: page })
  return {
    sentence: empty ? { lead: 'Nothing has been seen yet.', urgent: '', rest: 'Let a sensor watch a mirror port, or import a capture.' } : { lead: 'Not where we think.', urgent: `${['No', 'One', 'Two', 'Three', 'Four', 'Five'][counts.contradicted]} statements are contradicted`, rest: 'by what was seen on the network.' },
    as_of: empty ? null : before(1),
    now: before(0),
    counts,
    statements,
    next: empty ? [] : [
      act('control', 'Move this work to an engineering workstation in operations and close the way.', 'A phishing mail is no longer one step from a line.', both, 'this week', '/findings'),
      act('conduits', `Give ${crossing.length} conversations a conduit with two owners, or end them.`, 'What crosses the boundary is there because somebody wants it.', both, 'this week', '/boundary?covered=no'),
      act('inventory', `Find out what ${unknown.length} machines are; ask who put them there.`, 'A stranger on the network stands out.', both, 'any time', '/assets?role=unknown'),
      act('sensors', 'See to 1 sensor; its page says what is wrong.', 'What is called proven can be relied on.', ['it'], 'today', '/sensors'),
      act('owners', `Name owners for ${inside.length} machines; the plant's words take one line for a whole zone.`, 'For every question there is somebody to ask.', both, 'any time', '/assets?owner=none'),
    ],
    blind: empty ? [] : [
      { text: 'sensor-line-3: the link is up, but no packet has come for 14 minutes.', link: '/sensors' },
      { text: `${unknown.length} assets inside the site that nothing identifies.`, link: '/assets?role=unknown' },
      { text: 'Of 214 conversations only one side is seen: what they answered is not known.', link: '/sensors' },
    ],
  }
}
