// A controller: snap7's server (npm node-snap7) that says what it is asked to
// write, and that keeps it in memory.
const snap7 = require('node-snap7')
const server = new snap7.S7Server()
const data = Buffer.alloc(64, 7)
server.SetResourceless(true)
server.on('readWrite', (sender, operation, tag, buffer, done) => {
  if (operation === server.operationWrite) {
    console.log('write', tag.Area, tag.DBNumber, tag.Start, buffer.toString('hex'))
    buffer.copy(data, tag.Start)
    return done(null)
  }
  buffer = Buffer.from(data.subarray(tag.Start, tag.Start + tag.Size))
  return done(buffer)
})
server.on('event', (e) => {
  const text = server.EventText(e)
  if (/stop|control|download|upload|clock/i.test(text)) console.log('event', text)
})
server.StartTo(process.argv[2], (e) => {
  console.log(e ? 'failed ' + server.ErrorText(e) : 'listening')
  if (e) process.exit(1)
})
