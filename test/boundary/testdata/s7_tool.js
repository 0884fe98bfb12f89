// snap7's client (npm node-snap7), which does more than nodes7. Arguments: host,
// then operations: "read", "write 42" of DB1, "identify", "mode", "stop",
// "clock", "upload".
const snap7 = require('node-snap7')
const [host, ...ops] = process.argv.slice(2)
const client = new snap7.S7Client()
const said = (ok, text) => ok ? text : 'refused ' + client.LastError().toString(16) + ' ' + client.ErrorText(client.LastError())

function ask (op, value) {
  switch (op) {
    case 'read': { const b = client.DBRead(1, 0, 2); return said(b !== false, b && 'value ' + b.readInt16BE(0)) }
    case 'write': { const b = Buffer.alloc(2); b.writeInt16BE(value); return said(client.DBWrite(1, 0, 2, b), 'done') }
    case 'identify': { const o = client.GetOrderCode(); return said(o !== false, o && 'order ' + o.Code) }
    case 'mode': { const s = client.PlcStatus(); return said(s !== false, 'mode ' + s) }
    case 'stop': return said(client.PlcStop(), 'done')
    case 'start': return said(client.PlcColdStart(), 'done')
    case 'clock': return said(client.SetPlcSystemDateTime(), 'done')
    case 'upload': { const b = client.FullUpload(snap7.S7Client.Block_DB ?? 0x41, 1, 1024); return said(b !== false, 'done') }
    case 'password': return said(client.SetSessionPassword('secret'), 'done')
  }
  return 'no operation ' + op
}

if (!client.ConnectTo(host, 0, 2)) {
  console.log('no connection')
} else {
  for (const line of ops) {
    const [op, value] = line.split(' ')
    console.log(ask(op, Number(value)))
  }
  client.Disconnect()
}
