# Debian's python3-pymodbus as a client. Arguments: host, then operations, each
# answered with a line: "read 5", "write 5 111", "coil 5", "both 5 111" (read and
# write in one), "identify", "many 5" (several requests at once are not its way:
# it asks one after the other).
import sys

from pymodbus.client import ModbusTcpClient
from pymodbus.exceptions import ModbusException
from pymodbus.mei_message import ReadDeviceInformationRequest

client = ModbusTcpClient(sys.argv[1], port=502, timeout=5, retries=0)


def ask(words):
    op, args = words[0], [int(w) for w in words[1:]]
    if op == "read":
        return client.read_holding_registers(args[0], 1, slave=1)
    if op == "write":
        return client.write_register(args[0], args[1], slave=1)
    if op == "writes":
        return client.write_registers(args[0], args[1:], slave=1)
    if op == "coil":
        return client.write_coil(args[0], True, slave=1)
    if op == "mask":
        return client.mask_write_register(args[0], 0xFFFF, 1, slave=1)
    if op == "both":
        return client.readwrite_registers(read_address=args[0], read_count=1, write_address=args[0], write_registers=[args[1]], slave=1)
    if op == "identify":
        return client.execute(ReadDeviceInformationRequest(unit=1))
    raise SystemExit("no operation " + op)


def said(r):
    if isinstance(r, ModbusException):
        return "failed " + str(r)
    if r.isError():
        return "exception %d" % r.exception_code if hasattr(r, "exception_code") else "failed " + str(r)
    return "registers " + str(r.registers) if hasattr(r, "registers") else "done"


def main(lines):
    if not client.connect():
        print("no connection", flush=True)
        return
    for line in lines:
        try:
            print(said(ask(line.split())), flush=True)
        except (ModbusException, OSError) as e:
            print("failed", type(e).__name__, e, flush=True)
    client.close()


main(sys.argv[2:] if len(sys.argv) > 2 else sys.stdin)
