// npm nodes7 as a client. Arguments: host, then operations: "read", "write 42"
// of DB1.INT0.
const nodes7 = require('nodes7')
const [host, ...ops] = process.argv.slice(2)
const client = new nodes7({ silent: true })
client.globalTimeout = 4000

const read = () => new Promise((resolve) => {
  client.addItems(['DB1,INT0'])
  client.readAllItems((bad, values) => resolve(bad ? 'bad ' + values['DB1,INT0'] : 'value ' + values['DB1,INT0']))
})
const write = (value) => new Promise((resolve) => {
  client.writeItems('DB1,INT0', value, (bad) => resolve(bad ? 'refused' : 'done'))
})

client.initiateConnection({ host, port: 102, rack: 0, slot: 2, timeout: 4000 }, async (e) => {
  if (e) {
    console.log('no connection')
    process.exit(0)
  }
  for (const line of ops) {
    const [op, value] = line.split(' ')
    console.log(op === 'read' ? await read() : await write(Number(value)))
  }
  client.dropConnection(() => process.exit(0))
})
