package enforce

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/bulkhead-ot/bulkhead/internal/plant/policy"
)

// words is what the kernel keeps beside what it uses: the policy in the words it
// was applied in. With it the wall can be read back word for word by whoever
// comes after, though the kernel itself knows only numbers.
type words struct {
	Policy  *policy.Policy `json:"policy"`
	Numbers numbering      `json:"numbers"`
}

// pack turns a value into elements of a set: JSON, compressed, in parts that fit.
func pack(v any) ([]element, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("keep the policy's words: %w", err)
	}
	return packText(text)
}

// packWords packs words whose policy is there as canonical text already.
func packWords(policy []byte, n numbering) ([]element, error) {
	numbers, err := json.Marshal(n)
	if err != nil {
		return nil, fmt.Errorf("keep the policy's words: %w", err)
	}
	return packText(slices.Concat([]byte(`{"policy":`), policy, []byte(`,"numbers":`), numbers, []byte(`}`)))
}

func packText(text []byte) ([]element, error) {
	z, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, fmt.Errorf("keep the policy's words: %w", err)
	}
	b := base64.RawStdEncoding.AppendEncode(nil, z.EncodeAll(text, nil))
	var all []element
	for i := uint32(0); len(b) > 0; i++ {
		n := min(len(b), maxNote)
		all = append(all, element{key: native(i), note: string(b[:n])})
		b = b[n:]
	}
	return all, nil
}

// errWords is the error of words that cannot be read.
var errWords = errors.New("the policy's words in the kernel are damaged")

// unpack reads what pack wrote into v.
func unpack(list []element, v any) error {
	parts := make([]string, len(list))
	for _, e := range list {
		if len(e.key) != 4 || int(binary.NativeEndian.Uint32(e.key)) >= len(parts) {
			return fmt.Errorf("%w: a part is missing", errWords)
		}
		parts[binary.NativeEndian.Uint32(e.key)] = e.note
	}
	packed, err := base64.RawStdEncoding.DecodeString(strings.Join(parts, ""))
	if err != nil {
		return fmt.Errorf("%w: %w", errWords, err)
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(2*policy.MaxText))
	if err != nil {
		return fmt.Errorf("%w: %w", errWords, err)
	}
	defer z.Close()
	text, err := z.DecodeAll(packed, nil)
	if err != nil {
		return fmt.Errorf("%w: %w", errWords, err)
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("%w: %w", errWords, err)
	}
	return nil
}

// unpackWords reads the words of a policy.
func unpackWords(list []element) (words, error) {
	var w words
	if err := unpack(list, &w); err != nil {
		return w, err
	}
	if w.Policy == nil {
		return w, fmt.Errorf("%w: there is no policy", errWords)
	}
	w.Policy.Normalize()
	return w, w.Policy.Validate()
}
