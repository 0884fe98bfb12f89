# A controller: Debian's python3-pymodbus as a Modbus/TCP server that says what
# it is asked to write.
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartTcpServer


class Block(ModbusSequentialDataBlock):
    def __init__(self, name):
        self.name = name
        super().__init__(0, [7] * 1000)

    def setValues(self, address, values):
        print("write", self.name, address, values, flush=True)
        super().setValues(address, values)


slave = ModbusSlaveContext(
    di=Block("discrete inputs"), co=Block("coils"), hr=Block("holding registers"), ir=Block("input registers"), zero_mode=True
)
print("listening", flush=True)
StartTcpServer(context=ModbusServerContext(slaves=slave, single=True), address=(sys.argv[1], 502))
