package render

import (
	"compress/flate"
	"encoding/binary"
	"hash/crc32"
	"io"
	"strings"

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
		b, err := io.ReadAll(flate.NewReaderDict(strings.NewReader(data), []byte(templates.English)))
		if err != nil {
			panic("render: locales.bin: " + err.Error()) // TestPackedLocales
		}
		return b
	}
	return nil
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
