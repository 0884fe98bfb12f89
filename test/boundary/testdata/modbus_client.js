// npm modbus-serial as a client. Arguments: host, then operations as
// modbus_client.py has them; "together 5 111" asks for a read, a write and a
// read without waiting in between.
const ModbusRTU = require('modbus-serial')
const [host, ...ops] = process.argv.slice(2)
const client = new ModbusRTU()
client.setTimeout(5000)

function said (e) {
  return e.modbusCode ? 'exception ' + e.modbusCode : 'failed ' + (e.errno || e.name) + ' ' + e.message
}

async function ask (op, at, value) {
  try {
    switch (op) {
      case 'read': return 'registers [' + (await client.readHoldingRegisters(at, 1)).data + ']'
      case 'write': await client.writeRegister(at, value); return 'done'
      case 'writes': await client.writeRegisters(at, [value]); return 'done'
      case 'coil': await client.writeCoil(at, true); return 'done'
      case 'identify': return 'identity ' + JSON.stringify((await client.readDeviceIdentification(1, 0)).data)
      case 'together': return (await Promise.all([ask('read', at), ask('write', at, value), ask('read', at)])).join('; ')
    }
  } catch (e) {
    return said(e)
  }
  return 'no operation ' + op
}

async function main () {
  try {
    await client.connectTCP(host, { port: 502 })
  } catch (e) {
    console.log('no connection')
    return
  }
  client.setID(1)
  for (const line of ops) {
    const [op, at, value] = line.split(' ')
    console.log(await ask(op, Number(at), Number(value)))
  }
  client.close(() => process.exit(0))
}

main()
