// The data, and what follows from it.

const data = JSON.parse(byId('data').textContent);
const longCapture = data.span > 864e5;

const roleOrder = ['controller', 'safety controller', 'remote I/O', 'drive', 'robot', 'sensor or instrument', 'protection relay', 'building controller',
  'HMI', 'engineering workstation', 'SCADA server', 'historian', 'protocol gateway', 'message broker', 'switch', 'router', 'firewall',
  'wireless access point', 'domain controller', 'server', 'PC', 'printer', 'camera', 'phone', 'time source', 'unknown', 'external peer', 'group', 'silent'];
const roleRank = r => { const i = roleOrder.indexOf(r); return i < 0 ? roleOrder.length : i; };
const roleName = { unknown: 'unknown role', group: 'group addresses', silent: 'never answered' };
const sideName = { ot: 'plant floor (OT)', it: 'office (IT)', unknown: 'not placed' };
const levelWords = ['high', 'medium', 'low', 'info'];

for (const a of data.assets) {
  const address = (a.ips || a.macs || [''])[0];
  a.name = (a.names || [''])[0] || address || a.id;
  a.address = address === a.name ? '' : address;
  a.label = a.address ? `${a.name} (${a.address})` : a.name;
  a.short = a.name.length > 1 ? a.name : address;
  a.place = a.kind === 'external' ? 'outside the site' : sideName[a.side] || a.side;
  a.facts = a.facts || [];
  a.what = [a.vendor, a.product || a.order || a.os].filter(Boolean).join(' ');
  if (a.vendor && (a.product || '').toLowerCase().startsWith(a.vendor.split(' ')[0].toLowerCase())) a.what = a.product;
  a.findings = [];
  a.talks = [];
  a.done = [];
  a.did = [];
}
const assetById = new Map(data.assets.map(a => [a.id, a]));

// endpoints: each has a label, and the asset where there is one.
const endpoints = data.endpoints.map(([n, label, kind]) => {
  const asset = n >= 0 ? data.assets[n] : null;
  return { asset, address: label, label: asset ? asset.label : label, role: asset ? asset.role : kind, level: asset && asset.level, place: asset ? asset.place : '' };
});

const CONFIRMED = 1, ANSWERED = 2, OFFICE = 4, OUTSIDE = 8, HOUSEKEEPING = 16;

const talks = data.conversations.map(r => {
  const [c, s, transport, port, protocol, up, down, bytesUp, bytesDown, flows, first, last, flags, lost, packet, capture] = r;
  const t = { client: endpoints[c], server: endpoints[s], transport, port, protocol, up, down, bytesUp, bytesDown, flows, first, last, flags, lost, packet, capture };
  t.packets = up + down;
  t.bytes = bytesUp + bytesDown;
  t.crosses = Boolean(flags & OUTSIDE) || Boolean(flags & OFFICE) && !(flags & HOUSEKEEPING);
  if (t.client.asset) t.client.asset.talks.push(t);
  if (t.server.asset && t.server.asset !== t.client.asset) t.server.asset.talks.push(t);
  return t;
});

const operations = data.operations.map(r => {
  const [f, t, protocol, code, name, kind, technique, port, objects, more, val, requests, responses, accepted, refused, first, last, packet, capture, office] = r;
  const o = { from: endpoints[f], to: endpoints[t], protocol, code, name, kind, technique, port, objects, more, value: val, requests, responses, accepted, refused, first, last, packet, capture, office: Boolean(office) };
  o.count = Math.max(requests, responses);
  if (o.to.asset) o.to.asset.done.push(o);
  if (o.from.asset) o.from.asset.did.push(o);
  return o;
});

data.findings.forEach((f, i) => {
  f.number = i;
  for (const id of f.assets) if (assetById.has(id)) assetById.get(id).findings.push(f);
});
for (const a of data.assets) a.worst = levelWords.find(l => a.findings.some(f => f.level === l)) || '';

// haystack is what the search looks through.
for (const a of data.assets) {
  a.haystack = [a.id, a.role, a.place, a.what, a.order, a.firmware, a.serial, a.names, a.ips, a.macs, a.protocols, a.facts.map(f => f[1]),
    (a.modules || []).map(m => [m.vendor, m.product, m.order, m.firmware, m.serial])].flat(Infinity).filter(Boolean).join(' ').toLowerCase();
}

// network is an address's /24, or /64 in IPv6, as a name for a group.
function network(address) {
  if (/^\d+\.\d+\.\d+\.\d+$/.test(address)) return address.replace(/\.\d+$/, '.0/24');
  if (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(address)) return 'no IP address';
  return address.includes(':') ? 'IPv6' : 'no address';
}

// isWrite tells operations that change something from those that only look.
const kinds = ['firmware', 'mode', 'program', 'config', 'write', 'auth', 'read', 'identify', 'other'];
const kindName = { firmware: 'Replaces firmware', mode: 'Starts, stops, resets', program: 'Moves control logic', config: 'Changes settings', write: 'Writes values', auth: 'Signs in, changes rights', read: 'Reads values', identify: 'Asks who it is', other: 'Sessions and other' };
const changes = o => kinds.indexOf(o.kind) <= kinds.indexOf('write');

// Techniques of ATT&CK for ICS that verbs name.
const techniques = { T0800: 'Activate Firmware Update Mode', T0801: 'Monitor Process State', T0802: 'Automated Collection', T0803: 'Block Command Message', T0804: 'Block Reporting Message', T0806: 'Brute Force I/O', T0809: 'Data Destruction', T0811: 'Data from Information Repositories', T0812: 'Default Credentials', T0814: 'Denial of Service', T0816: 'Device Restart/Shutdown', T0821: 'Modify Controller Tasking', T0830: 'Adversary-in-the-Middle', T0831: 'Manipulation of Control', T0835: 'Manipulate I/O Image', T0836: 'Modify Parameter', T0838: 'Modify Alarm Settings', T0839: 'Module Firmware', T0840: 'Network Connection Enumeration', T0842: 'Network Sniffing', T0843: 'Program Download', T0845: 'Program Upload', T0846: 'Remote System Discovery', T0852: 'Screen Capture', T0855: 'Unauthorized Command Message', T0857: 'System Firmware', T0858: 'Change Operating Mode', T0859: 'Valid Accounts', T0861: 'Point & Tag Identification', T0867: 'Lateral Tool Transfer', T0868: 'Detect Operating Mode', T0869: 'Standard Application Layer Protocol', T0871: 'Execution through API', T0877: 'I/O Image', T0878: 'Alarm Suppression', T0881: 'Service Stop', T0882: 'Theft of Operational Information', T0885: 'Commonly Used Port', T0886: 'Remote Services', T0888: 'Remote System Information Discovery', T0889: 'Modify Program', T0892: 'Change Credential', T0893: 'Data from Local System' };
