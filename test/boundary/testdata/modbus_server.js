// Another controller: npm modbus-serial as a Modbus/TCP server that says what it
// is asked to write.
const { ServerTCP } = require('modbus-serial')
const registers = new Map()
const server = new ServerTCP({
  getHoldingRegister: (at) => registers.get(at) ?? 7,
  getInputRegister: () => 7,
  getCoil: () => false,
  setRegister: (at, value) => { console.log('write', at, value); registers.set(at, value) },
  setCoil: (at, value) => { console.log('write coil', at, value) },
  readDeviceIdentification: () => ({ 0: 'Nobody', 1: 'plc', 2: '1' })
}, { host: process.argv[2], port: 502, unitID: 1 })
server.on('initialized', () => console.log('listening'))
server.on('socketError', () => {})
server.on('serverError', (e) => { console.log('failed', e.message); process.exit(1) })
