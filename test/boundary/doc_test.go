// Package boundary holds the wall against programs that nobody here wrote: a
// flat network of namespaces with an office, a historian and a cell, the real
// boundary process on the box between them, and Modbus and S7 clients and
// servers of others on either side. It has tests only.
//
// What a test needs and is not there skips it by name: root and namespaces, the
// kernel's features, Debian's python3-pymodbus (with python3-serial-asyncio),
// and the npm packages modbus-serial, nodes7 and node-snap7, which are looked
// for below NODE_PATH.
package boundary
