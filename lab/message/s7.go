package message

import (
	"fmt"
	"time"
)

// S7comm in ISO transport over TCP: RFC 1006, ISO 8073 class 0. Siemens has not
// published S7comm; the layout is the one that Wireshark, snap7 and PLC4X agree
// on.

// tpkt puts the header of RFC 1006 before a transport PDU.
func tpkt(b []byte) []byte { return cat(3, 0, uint16(len(b)+4), b) }

// S7Connect is the transport connection's request: which rack and slot is meant.
func S7Connect(reference uint16, kind, slot byte) []byte {
	return tpkt(cat(17, 0xe0, uint16(0), reference, 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, kind, slot))
}

// S7Connected confirms it.
func S7Connected(reference uint16, kind, slot byte) []byte {
	return tpkt(cat(17, 0xd0, reference, uint16(0x44), 0, 0xc0, 1, 10, 0xc1, 2, 1, 0, 0xc2, 2, kind, slot))
}

// Kinds of S7 messages.
const (
	s7Job      = 1
	s7AckData  = 3
	s7UserData = 7
)

func s7(kind byte, id uint16, parameter, data []byte) []byte {
	var result []byte
	if kind == s7AckData {
		result = zeros(2)
	}
	return tpkt(cat(2, 0xf0, 0x80, 0x32, kind, uint16(0), id, uint16(len(parameter)), uint16(len(data)), result, parameter, data))
}

// S7Setup opens the communication; the answer is the same with its own sizes.
func S7Setup(id uint16, answer bool) []byte {
	kind, size := byte(s7Job), uint16(480)
	if answer {
		kind, size = s7AckData, 240
	}
	return s7(kind, id, cat(0xf0, 0, uint16(1), uint16(1), size), nil)
}

// s7Item is the address of bytes in a data block.
func s7Item(block uint16, start, n int) []byte {
	bit := uint32(start * 8)
	return cat(0x12, 10, 0x10, 2, uint16(n), block, 0x84, byte(bit>>16), uint16(bit))
}

// S7Read asks for n bytes of a data block.
func S7Read(id, block uint16, start, n int) []byte {
	return s7(s7Job, id, cat(4, 1, s7Item(block, start, n)), nil)
}

// S7Values answers a read.
func S7Values(id uint16, values []byte) []byte {
	return s7(s7AckData, id, cat(4, 1), cat(0xff, 4, uint16(len(values)*8), values))
}

// S7Write writes bytes into a data block.
func S7Write(id, block uint16, start int, values []byte) []byte {
	return s7(s7Job, id, cat(5, 1, s7Item(block, start, len(values))), cat(0, 4, uint16(len(values)*8), values))
}

// S7Written answers a write.
func S7Written(id uint16) []byte { return s7(s7AckData, id, cat(5, 1), cat(0xff)) }

// S7ReadList asks for a part of the system status list.
func S7ReadList(id, list, index uint16) []byte {
	return s7(s7UserData, id, cat(0, 1, 0x12, 4, 0x11, 0x44, 1, 0), cat(0xff, 9, uint16(4), list, index))
}

// S7List answers with records of equal length.
func S7List(id, list, index uint16, records ...[]byte) []byte {
	b := cat(list, index, uint16(len(records[0])), uint16(len(records)))
	for _, r := range records {
		b = append(b, r...)
	}
	parameter := cat(0, 1, 0x12, 8, 0x12, 0x84, 1, 1, 0, 0, uint16(0))
	return s7(s7UserData, id, parameter, cat(0xff, 9, uint16(len(b)), b))
}

// S7Order is a record of list 0x0011: an order number with its version.
func S7Order(index uint16, order string, kind, v1, v2 uint16) []byte {
	return cat(index, fixed(order, 20, ' '), kind, v1, v2)
}

// S7Component is a record of list 0x001c: a name of the station, its serial
// number and the like.
func S7Component(index uint16, text string) []byte { return cat(index, fixed(text, 32, 0)) }

// S7Stop stops a controller.
func S7Stop(id uint16) []byte {
	return s7(s7Job, id, cat(0x29, zeros(5), short("P_PROGRAM")), nil)
}

// S7Start starts it again.
func S7Start(id uint16) []byte {
	return s7(s7Job, id, cat(0x28, zeros(6), 0xfd, uint16(0), short("P_PROGRAM")), nil)
}

// S7Done confirms a stop or a start.
func S7Done(id uint16, function byte) []byte { return s7(s7AckData, id, cat(function), nil) }

// s7Name is a block's name in requests: "_0800001P", kind, number, passive copy.
func s7Name(block string) []byte { return short("_" + block) }

// S7RequestDownload announces that a block will be loaded: kind and number as
// "0800001" (OB1) or "0A00001" (DB1), and its length in load memory.
func S7RequestDownload(id uint16, block string, size int) []byte {
	length := []byte("1000000000000")
	for i := 6; i > 0 && size > 0; i-- {
		length[i] = '0' + byte(size%10)
		size /= 10
	}
	copy(length[7:], length[1:7])
	return s7(s7Job, id, cat(0x1a, 0, uint16(0x100), uint32(0), s7Name(block+"P"), short(string(length))), nil)
}

// S7DownloadBlock is the controller's request for the next piece.
func S7DownloadBlock(id uint16, block string) []byte {
	return s7(s7Job, id, cat(0x1b, 0, uint16(0), uint32(0), s7Name(block+"P")), nil)
}

// S7BlockData is such a piece.
func S7BlockData(id uint16, data []byte, more bool) []byte {
	flag := byte(0)
	if more {
		flag = 1
	}
	return s7(s7AckData, id, cat(0x1b, flag), cat(uint16(len(data)), uint16(0xfb), data))
}

// S7DownloadEnded is the controller's word that it has the whole block.
func S7DownloadEnded(id uint16, block string) []byte {
	return s7(s7Job, id, cat(0x1c, 0, uint16(0), uint32(0), s7Name(block+"P")), nil)
}

// S7Acknowledge answers a request of a download that carries nothing back.
func S7Acknowledge(id uint16, function byte) []byte {
	return s7(s7AckData, id, cat(function), nil)
}

// S7Insert makes a loaded block part of the program.
func S7Insert(id uint16, block string) []byte {
	arguments := cat(1, 0, block, "P")
	return s7(s7Job, id, cat(0x28, zeros(6), 0xfd, uint16(len(arguments)), arguments, short("_INSE")), nil)
}

// S7StartUpload asks for a block of the program: kind and number as for a
// download.
func S7StartUpload(id uint16, block string) []byte {
	return s7(s7Job, id, cat(0x1d, 0, uint16(0), uint32(0), s7Name(block+"A")), nil)
}

// S7UploadStarted grants it: how the upload is called and how long the block is.
func S7UploadStarted(id uint16, upload uint32, size int) []byte {
	return s7(s7AckData, id, cat(0x1d, 0, uint16(0x100), upload, short(fmt.Sprintf("%07d", size))), nil)
}

// S7Upload asks for the next piece, S7EndUpload ends the upload.
func S7Upload(id uint16, upload uint32) []byte {
	return s7(s7Job, id, cat(0x1e, 0, uint16(0), upload), nil)
}

// S7UploadData is such a piece.
func S7UploadData(id uint16, data []byte, more bool) []byte {
	flag := byte(0)
	if more {
		flag = 1
	}
	return s7(s7AckData, id, cat(0x1e, flag), cat(uint16(len(data)), uint16(0xfb), data))
}

// S7EndUpload ends the upload.
func S7EndUpload(id uint16, upload uint32) []byte {
	return s7(s7Job, id, cat(0x1f, 0, uint16(0), upload), nil)
}

// S7SetClock sets the controller's clock.
func S7SetClock(id uint16, t time.Time) []byte {
	bcd := func(v int) byte { return byte(v/10<<4 | v%10) }
	when := cat(0, 0x19, bcd(t.Year()%100), bcd(int(t.Month())), bcd(t.Day()), bcd(t.Hour()), bcd(t.Minute()), bcd(t.Second()), 0, 1+int(t.Weekday()))
	return s7(s7UserData, id, cat(0, 1, 0x12, 4, 0x11, 0x47, 2, 0), cat(0xff, 9, uint16(len(when)), when))
}

// S7ClockSet confirms it.
func S7ClockSet(id uint16) []byte {
	return s7(s7UserData, id, cat(0, 1, 0x12, 8, 0x12, 0x87, 2, 1, 0, 0, uint16(0)), cat(0x0a, 0, uint16(0)))
}
