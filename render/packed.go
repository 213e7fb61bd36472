package render

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"
	"sync"

	"github.com/denial-go/denial/internal/document"
	"github.com/denial-go/denial/templates"
)

// builtinTags returns the language tags of the built-in locales, English
// first, the others in alphabetical order.
func builtinTags() []string {
	tags := []string{english}
	for rest := packedLocales(); rest != ""; {
		var tag string
		tag, _, rest = nextPacked(rest)
		tags = append(tags, tag)
	}
	return tags
}

// builtinFile returns the locale file of a tag that builtinTags lists.
func builtinFile(tag string) []byte {
	if tag == english {
		return []byte(templates.English)
	}
	for rest := packedLocales(); rest != ""; {
		var name, data string
		name, data, rest = nextPacked(rest)
		if name != tag {
			continue
		}
		en := packedEnglish()
		b, err := io.ReadAll(flate.NewReaderDict(strings.NewReader(data), en.lines))
		if err != nil {
			panic("render: locales.bin: " + err.Error()) // TestPackedLocales
		}
		file := []byte{'{'}
		for _, key := range en.keys {
			var value []byte
			if value, b, _ = bytes.Cut(b, []byte("\n")); len(value) == 0 {
				continue
			}
			if len(file) > 1 {
				file = append(file, ',')
			}
			file = append(document.AppendString(file, key), ':')
			file = append(file, value...)
		}
		return append(file, '}')
	}
	return nil
}

// packedEnglish returns the keys that locales.bin leaves out, and the dictionary
// it was packed with: the values of en.json, a line each.
var packedEnglish = sync.OnceValue(func() (en struct {
	keys  []string
	lines []byte
}) {
	r := document.NewReader([]byte(templates.English))
	r.Object(func(_ int, key string) {
		r.Next()
		start := r.Offset()
		r.Value()
		en.keys = append(en.keys, key)
		en.lines = append(append(en.lines, templates.English[start:r.Offset()]...), '\n')
	})
	return en
})

// englishKeys are the keys of en.json in their order, and where each stands.
var englishKeys = sync.OnceValue(func() *keyOrder {
	o := &keyOrder{packedEnglish().keys, make(map[string]int)}
	for i, key := range o.list {
		o.at[key] = i
	}
	return o
})

type keyOrder struct {
	list []string
	at   map[string]int
}

// packedLocales returns the list of entries. Another dictionary than the one
// they were packed with would unpack them to nonsense, without an error.
func packedLocales() string {
	s := templates.PackedLocales
	if len(s) < 4 || binary.BigEndian.Uint32([]byte(s[:4])) != crc32.ChecksumIEEE([]byte(templates.English)) {
		panic("render: templates/locales.bin was packed with another en.json; run go test ./templates -update")
	}
	return s[4:]
}

// nextPacked takes an entry off the list that templates.PackedLocales is.
func nextPacked(s string) (tag, data, rest string) {
	tag, s = s[1:1+int(s[0])], s[1+int(s[0]):]
	size := int(s[0])<<16 | int(s[1])<<8 | int(s[2])
	return tag, s[3 : 3+size], s[3+size:]
}
