// A made-up plant of any size for tests: the same seed gives the same plant.
// Nothing of it is in the program.

/** A small repeatable generator of numbers in [0, 1) (mulberry32). */
export function random(seed) {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) >>> 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const makes = {
  controller: [['Siemens', 'CPU 315-2 PN/DP', '6ES7 315-2EH14-0AB0', 'V3.2.8', 's7comm'], ['Rockwell Automation', '1756-L61/B LOGIX5561', '1756-L61/B', '20.13', 'cip'], ['Schneider Electric', 'BMX P34 2020', 'BMXP342020', 'V2.70', 'modbus'], ['Omron', 'CJ2M-CPU31', 'CJ2M-CPU31', '02.01', 'fins'], ['Beckhoff', 'CX5130', 'CX5130-0125', '3.1.4024', 'ads']],
  HMI: [['Siemens', 'TP1200 Comfort', '6AV2 124-0MC01-0AX0', 'V16.0.1', 's7comm'], ['Rockwell Automation', 'PanelView Plus 7', '2711P-T10C22D9P', '11.00', 'cip']],
  'remote I/O': [['Siemens', 'IM 155-6 PN ST', '6ES7 155-6AU01-0BN0', 'V4.2.0', 'pnio'], ['WAGO', '750-352', '750-352', '08', 'modbus']],
  drive: [['Danfoss', 'FC-302', '131B0041', '7.51', 'modbus'], ['SEW-EURODRIVE', 'MDX61B', 'MDX61B0110', '', 'cip']],
  robot: [['KUKA', 'KR C4', 'KRC4', '8.3.34', 'pnio']],
  'sensor or instrument': [['SICK', 'TDC-X', '', '1.1.0', 'modbus'], ['Cognex', 'In-Sight 7802', 'IS7802', '5.9.3', 'cip']],
  switch: [['Hirschmann', 'RS20-0800', '943 434-023', '09.0.12', 'lldp'], ['Siemens', 'SCALANCE XC208', '6GK5208-0BA00-2AC2', 'V4.3', 'lldp']],
  'engineering workstation': [['Dell', 'Precision 3660', '', '', 's7comm']],
  'SCADA server': [['HPE', 'ProLiant DL360', '', '', 'opcua']],
  historian: [['HPE', 'ProLiant DL380', '', '', 'opcua']],
  PC: [['Dell', 'OptiPlex 7010', '', '', 'smb'], ['Lenovo', 'ThinkPad T14', '', '', 'tls'], ['HP', 'EliteDesk 800', '', '', 'smb']],
  server: [['Dell', 'PowerEdge R640', '', '', 'smb']],
  'domain controller': [['Dell', 'PowerEdge R440', '', '', 'kerberos']],
  printer: [['Kyocera', 'ECOSYS M3645', '', '2S4_2000', 'snmp']],
  router: [['eWON', 'Cosy 131', 'EC61330', '14.4s0', 'tls']],
}

const cell = ['controller', 'HMI', 'remote I/O', 'remote I/O', 'drive', 'drive', 'sensor or instrument', 'switch', 'remote I/O', 'drive', 'controller', 'robot', 'HMI']
const levels = { controller: 1, HMI: 2, 'remote I/O': 0, drive: 0, robot: 0, 'sensor or instrument': 0, switch: 2 }
const roleNames = { controller: 'PLC', HMI: 'HMI', 'remote I/O': 'RIO', drive: 'DRV', robot: 'ROB', 'sensor or instrument': 'INS', switch: 'SW', 'engineering workstation': 'ENG', 'SCADA server': 'SCADA', historian: 'HIST', PC: 'PC', server: 'SRV', 'domain controller': 'DC', printer: 'PRT', router: 'VPN' }

// The plant's last observation: now, to the second before.
const end = Date.now() - 1000

/** A time so many seconds before the plant's last observation. */
export const before = (seconds) => new Date(end - seconds * 1000).toISOString()

/** Makes the plant: assets with everything, conversations, operations, findings. */
export function plant(size, seed = 1) {
  const rnd = random(seed)
  const pick = (list) => list[Math.floor(rnd() * list.length)]
  const assets = []
  const add = (role, network, level, side, kind = 'device') => assets.push(asset(assets.length, role, network, level, side, kind, rnd, pick))
  const office = Math.round(size * 0.42)
  for (let i = 0; i < office; i++) add(i % 23 === 7 ? 'printer' : 'PC', `10.10.${Math.floor(i / 240)}`, 4, 'it')
  for (let i = 0; i < Math.max(4, size / 30); i++) add(i === 0 ? 'domain controller' : 'server', `10.10.${200 + Math.floor(i / 240)}`, 4, 'it')
  for (let i = 0; i < 3; i++) add(i ? 'server' : 'historian', '10.15.0', 3.5, 'ot')
  for (let i = 0; i < Math.max(6, size / 40); i++) add(i % 4 === 1 ? 'engineering workstation' : i % 7 === 3 ? 'historian' : 'SCADA server', `10.20.${Math.floor(i / 240)}`, 3, 'ot')
  const outside = Math.max(4, Math.round(size / 60))
  const lines = Math.max(3, Math.round(size / 150))
  for (let i = 0; assets.length < size - outside; i++) {
    const line = i % lines
    const role = cell[Math.floor(i / lines) % cell.length]
    add(role, `10.${30 + Math.floor(line / 200)}.${(line % 200) + 1}`, levels[role], 'ot')
  }
  for (let i = 0; i < outside; i++) add('external peer', `198.51.${100 + Math.floor(i / 200)}`, null, 'unknown', 'external')
  const strangers = assets.filter((a, i) => a.kind === 'device' && i % 17 === 5)
  for (const a of strangers) Object.assign(a, { role: 'unknown', vendor: '', product: '', order_number: '', firmware: '', names: [], label: a.ips[0], level: a.side === 'ot' && rnd() < 0.4 ? null : a.level, facts: a.facts.slice(0, 2) })
  const talk = talks(assets, rnd, pick)
  const findings = finds(assets, talk)
  for (const f of findings) for (const r of f.assets) byID(assets, r.id)?.findings.push({ id: f.id, level: f.level, title: f.title })
  return { assets, ...talk, findings }
}

const maps = new WeakMap()
function byID(assets, id) {
  if (!maps.has(assets)) maps.set(assets, new Map(assets.map((a) => [a.id, a])))
  return maps.get(assets).get(id)
}

function asset(i, role, network, level, side, kind, rnd, pick) {
  const make = makes[role] ? pick(makes[role]) : ['', '', '', '', 'tls']
  const [vendor, product, order, firmware, protocol] = make
  const ip = `${network}.${(i % 240) + 10}`
  const mac = [0x00, 0x1b, 0x1b, (i >> 16) & 255, (i >> 8) & 255, i & 255].map((b) => b.toString(16).padStart(2, '0')).join(':')
  const name = kind === 'external' ? '' : `${roleNames[role]}-${network.split('.').slice(1).join('')}-${String(i).padStart(3, '0')}`
  const seen = before(rnd() < 0.9 ? rnd() * 300 : rnd() * 86400 * 5)
  const first = before(86400 * (rnd() < 0.05 ? rnd() : 3 + rnd() * 60))
  const serial = ['controller', 'HMI'].includes(role) ? `S C-${(1e9 * rnd()).toFixed(0)}` : ''
  const base = { id: `a${i.toString(36).padStart(5, '0')}`, site: 'main', kind, side, level, role, label: name || ip, names: name ? [name] : [], ips: [ip], macs: kind === 'external' ? [] : [mac], vlans: side === 'ot' ? [20 + (i % 7)] : [], network: kind === 'external' ? 'outside' : `${network}.0/24`, vendor, product, order_number: order, firmware, hardware: '', serial, os: role === 'PC' ? 'Windows 10' : '', protocols: [...new Set([protocol, 'arp', role === 'PC' ? 'dns' : 'icmp'])].sort(), first_seen: first, last_seen: seen, gone: null }
  return { ...base, ...identity(base, i, rnd) }
}

const packet = (n) => ({ site: 'main', sensor: 'sensor-1', number: n, at: before(9e5 / n), available: n % 5 !== 0 })

function identity(a, i, rnd) {
  const facts = []
  const say = (field, value, source, confidence) => value && facts.push({ field, value, source, confidence, count: 1 + Math.floor(rnd() * 4000), first: a.first_seen, last: a.last_seen, packet: packet(1000 + i * 7 + facts.length) })
  say('address', a.ips[0], 'arp', 0.9)
  say('vendor', a.vendor, 's7comm.szl', 0.95)
  if (a.macs[0]) facts.push({ field: 'vendor', value: 'Siemens AG', source: 'oui', confidence: 0.4, count: 1, first: a.first_seen, last: a.last_seen })
  say('product', a.product, 's7comm.szl', 0.95)
  say('order-number', a.order_number, 's7comm.szl', 0.98)
  say('firmware', a.firmware, 's7comm.szl', 0.95)
  say('serial', a.serial, 's7comm.szl', 0.98)
  say('name', a.names[0], 'lldp', 0.9)
  say('os', a.os, 'smb', 0.8)
  if (a.role === 'controller' && i % 3 === 0) say('name', a.names[0].toLowerCase() + '.plant', 'dns', 0.6)
  const modules = a.role === 'controller' ? [0, 2, 3].map((slot) => ({ slot, vendor: a.vendor, product: slot ? `DI 32xDC24V ${slot}` : a.product, order_number: slot ? '6ES7 321-1BL00-0AA0' : a.order_number, firmware: slot ? '' : a.firmware, hardware: '3', serial: slot ? '' : a.serial, facts: [{ field: 'order-number', value: '6ES7 321-1BL00-0AA0', source: 's7comm.szl', confidence: 0.98, count: 3, first: a.first_seen, last: a.last_seen, packet: packet(2000 + i * 5 + slot) }] })) : []
  const reasons = a.role === 'unknown' ? [] : [{ what: 'role', why: `It answers ${a.protocols.at(-1)} as a ${a.role} does.`, packet: packet(3000 + i) }, { what: 'level', why: a.level === null ? 'It stands outside the site.' : `A ${a.role} stands at level ${a.level}.` }, { what: 'side', why: a.side === 'ot' ? 'It speaks an industrial protocol.' : 'It speaks office protocols only.' }]
  const conflicts = a.role === 'controller' && i % 40 === 1 ? [{ field: 'firmware', why: 'Two versions were said within an hour.', facts: facts.filter((f) => f.field === 'firmware').concat([{ field: 'firmware', value: 'V3.2.6', source: 's7comm.szl', confidence: 0.95, count: 2, first: a.first_seen, last: a.last_seen, packet: packet(4000 + i) }]) }] : []
  const changes = i % 11 === 3 && a.firmware ? [{ field: 'firmware', old: 'V2.1', new: a.firmware, when: before(86400 * 2 * rnd()) }] : []
  return { facts, modules, reasons, conflicts, changes, findings: [], aliases: i % 50 === 7 ? [`old-${a.id}`] : [] }
}

/** An asset as others refer to it. */
export const ref = (a) => ({ id: a.id, label: a.label, kind: a.kind, side: a.side, role: a.role, level: a.level })

function talks(assets, rnd, pick) {
  const conversations = []
  const operations = []
  const of = (f) => assets.filter(f)
  const servers = of((a) => ['server', 'domain controller'].includes(a.role))
  const scada = of((a) => a.role === 'SCADA server')
  const dmz = of((a) => a.level === 3.5)
  const eng = of((a) => a.role === 'engineering workstation')
  const controllers = of((a) => a.role === 'controller')
  const outside = of((a) => a.kind === 'external')
  const talk = (c, s, protocol, port, crossing = false, weight = 1) => {
    if (!c || !s || c === s) return
    const packets = Math.floor(weight * (200 + rnd() * 90000))
    const n = conversations.length
    conversations.push({ client: ref(c), server: ref(s), client_address: c.ips[0], server_address: s.ips[0], transport: port ? 'tcp' : 'eth', port, protocol, confirmed: n % 9 !== 0, answered: n % 31 !== 0, flows: 1 + (n % 40), packets, bytes: packets * 180, packets_from_client: packets >> 1, bytes_from_client: packets * 60, lost_bytes: 0, first: before(86400 * 6), last: before(rnd() * 4000), crossing, packet: packet(5000 + n) })
  }
  const operate = (c, s, protocol, code, name, kind, technique, object, value, requests, refused = 0, ago = rnd() * 86400 * 3) => {
    if (!c || !s) return
    operations.push({ requester: ref(c), responder: ref(s), requester_address: c.ips[0], responder_address: s.ips[0], port: 102, protocol, code, name, kind, technique, object, value, requests, responses: requests, accepted: requests - refused, refused, crossing: c.side !== s.side, first: before(ago + 3600), last: before(ago), packet: packet(9000 + operations.length) })
  }
  const near = controllers.reduce((m, c) => m.set(c.network, [...(m.get(c.network) ?? []), c]), new Map())
  for (const [i, a] of assets.entries()) {
    if (a.role === 'PC' || a.role === 'printer') {
      talk(a, pick(servers), 'smb', 445)
      if (rnd() < 0.1) talk(a, pick(outside), 'tls', 443)
    } else if (a.side === 'ot' && a.level !== null && a.level < 3 && a.role !== 'controller') {
      const own = near.get(a.network) ?? []
      talk(own.length ? own[i % own.length] : scada[0], a, a.protocols.at(-1), 502, false, 2)
    }
  }
  controllers.forEach((c, i) => {
    const s = scada[i % scada.length]
    talk(s, c, c.protocols.find((p) => p !== 'arp' && p !== 'icmp') ?? 's7comm', 102, false, 4)
    operate(s, c, 's7comm', '0x04', 'Read Var', 'read', '', `DB${i % 40}`, '', 40000 + i)
    operate(s, c, 's7comm', '0x05', 'Write Var', 'write', 'T0836', `DB${i % 40}.DBW2`, String(i), 120 + i)
    if (i % 5 === 0) {
      talk(pick(eng), c, 's7comm', 102)
      operate(pick(eng), c, 's7comm', '0x1a', 'Request download', 'program', 'T0843', `OB${i % 3 || 1}`, '', 2, i % 2)
    }
    if (i % 9 === 2) operate(pick(eng), c, 's7comm', '0x29', 'PLC stop', 'mode', 'T0858', '', '', 1, 0)
  })
  for (const h of dmz) talk(scada[0], h, 'opcua', 4840)
  for (const p of of((a) => a.role === 'PC').slice(0, 3)) talk(p, dmz[0], 'tls', 443)
  const stray = of((a) => a.role === 'PC')[4]
  talk(stray, scada[Math.min(1, scada.length - 1)], 'smb', 445, true)
  talk(stray, controllers[Math.min(2, controllers.length - 1)], 'modbus', 502, true, 0.01)
  operate(stray, controllers[Math.min(2, controllers.length - 1)], 'modbus', '16', 'Write Multiple Registers', 'write', 'T0836', 'holding registers 40-42', '1', 14, 0, 7200)
  talk(of((a) => a.role === 'HMI')[1], outside[0], 'teamviewer', 5938, true, 0.1)
  // What differs in one member only must not be taken for one row: the same over UDP, asked of another port.
  conversations.push(...conversations.filter((c) => c.server.role === 'controller').map((c) => ({ ...c, transport: 'udp' })))
  operations.push(...operations.slice(0, 40).map((o) => ({ ...o, value: 'again' })))
  return { conversations, operations }
}

function finds(assets, { conversations, operations }) {
  const crossing = conversations.filter((c) => c.crossing)
  const stop = operations.filter((o) => o.kind === 'mode')
  const list = []
  const add = (level, rule, title, why, next, rows, line) => {
    if (!rows.length) return
    const refs = new Map(rows.flatMap((r) => [r.server ?? r.responder ?? ref(r), r.client ?? r.requester].filter(Boolean)).map((r) => [r.id, r]))
    list.push({ id: `f${list.length + 1}`, site: 'main', rule, level, title, why, next, assets: [...refs.values()].slice(0, 40), count: rows.length, first: before(86400 * 5), last: before(3600 * (list.length + 1)), opened: before(86400 * 4), closed: null, details: rows.slice(0, 20).map(line), evidence: rows.slice(0, 5).map((r) => r.packet).filter(Boolean) })
  }
  add('high', 'office-writes', 'An office computer wrote to a controller', 'Whoever controls the office computer controls the machine.', ["Ask the line's owner whether this was meant.", 'Look at the packets below and at the value that was written.', 'Stop the way between the two at the firewall.'], operations.filter((o) => o.kind === 'write' && o.requester.side === 'it'), (o) => `${o.requester_address} → ${o.responder_address} ${o.protocol} ${o.object}`)
  add('high', 'controller-stopped', 'A controller was stopped over the network', 'A stop over the network stops the line, and nobody stands beside it.', ['Ask who stopped it and why.'], stop, (o) => `${o.requester_address} → ${o.responder_address} ${o.name}`)
  add('medium', 'crossing', 'Office and plant devices talk directly', 'Each is a way from a mail to a machine.', ['Ask both owners whether this is needed.', 'Lead what is needed through the DMZ.'], crossing, (c) => `${c.client_address} → ${c.server_address} ${c.protocol}`)
  add('medium', 'cleartext-login', 'Passwords cross the network in clear', 'Everybody on the way can read them.', ['Change the password after switching to an encrypted protocol.'], conversations.slice(3, 6), (c) => `${c.client_address} → ${c.server_address} ftp`)
  add('low', 'old-protocol', 'SMB 1 is spoken', 'It has no protection against changes on the way.', ['Switch it off on both sides.'], conversations.slice(8, 11), (c) => `${c.client_address} → ${c.server_address} smb`)
  add('info', 'unidentified', 'Devices that nothing identifies', 'What nobody knows, nobody keeps up to date.', ['Ask who put them there.'], assets.filter((a) => a.role === 'unknown'), (a) => `${a.ips[0]} ${a.macs[0]}`)
  return list
}
