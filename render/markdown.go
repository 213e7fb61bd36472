package render

import (
	"strconv"
	"strings"
)

type markdownFormat struct{}

func (markdownFormat) MediaType() string { return "text/markdown" }

// Append writes what happened and what to do under headings of their own, the
// two things an agent looks for.
func (markdownFormat) Append(dst []byte, v *View) ([]byte, error) {
	m := markdownWriter{dst}
	m.add("# ", markdown(v.Title), "\n\n## ", markdown(v.Words["happened"]), "\n\n")
	m.sentence(v.Sentence)
	m.add(strconv.Itoa(v.Status), " ", markdown(v.Phrase))
	if v.Code != "" {
		m.add(" (", codeSpan(v.Code), ")")
	}
	m.add("\n")
	if len(v.Next) > 0 {
		m.add("\n## ", markdown(v.Words["next"]), "\n\n")
		m.steps(v.Next, "")
	}
	if len(v.Also) > 0 {
		m.add("\n## ", markdown(v.Words["also"]), "\n\n")
		m.also(v.Also, "")
	}
	if v.Instance != "" {
		m.add("\n", markdown(v.Words["reference"]), " ", codeSpan(v.Instance), "\n")
	}
	return m.dst, nil
}

type markdownWriter struct{ dst []byte }

func (m *markdownWriter) add(texts ...string) {
	for _, s := range texts {
		m.dst = append(m.dst, s...)
	}
}

// sentence ends with an empty line. It is escaped as a whole: what is text in
// two parts may be markup when they meet.
func (m *markdownWriter) sentence(parts []Part) {
	var b strings.Builder
	for _, p := range parts {
		switch {
		case p.Value && isMark(p.Text):
			b.WriteString(withForm(p.Text, formMarkdown))
		case p.Value && !isASCII(p.Text):
			b.WriteString(firstStrongIsolate + p.Text + popIsolate)
		default:
			b.WriteString(p.Text)
		}
	}
	if len(parts) > 0 {
		m.add(markdown(strings.TrimLeft(b.String(), " ")), "\n\n") // four spaces would make code of it
	}
}

func (m *markdownWriter) steps(steps []Step, indent string) {
	for i := range steps {
		s := &steps[i]
		title := markdown(strings.TrimLeft(s.Title, " ")) // as in sentence
		m.add(indent, strconv.Itoa(i+1), ". ")
		switch {
		case s.Href == "":
			m.add(title)
		case s.Method == "GET":
			m.add("[", title, "](<", destination(s.Href), ">)")
		default:
			m.add(title, ": ", codeSpan(stepAddress(s)))
		}
		m.add(" (", string(s.Actor), ")\n")
		for _, p := range s.params() {
			m.add(indent, "   - ", codeSpan(p.Name), ": ", codeSpan(p.Value), "\n")
		}
	}
}

func (m *markdownWriter) also(views []*View, indent string) {
	for _, a := range views {
		m.add(indent, "- **", markdown(a.Title), "**")
		if a.Detail != "" {
			m.add(" ", markdown(a.Detail))
		}
		m.add("\n")
		m.steps(a.Next, indent+"  ")
		m.also(a.Also, indent+"  ")
	}
}

// markdown escapes text so that it has no markup (CommonMark §2.4): every
// ASCII punctuation mark that can start any.
func markdown(s string) string { return string(appendMarkdown(nil, s)) }

// markdownSpecial are the bytes with a meaning wherever they stand.
const markdownSpecial = "\\`*_{}[]<>#|~&!@"

// appendMarkdown appends what markdown returns.
func appendMarkdown(dst []byte, s string) []byte {
	if startsBlock(s) {
		// A number or a sign at the start of a line would start a list.
		i := strings.IndexAny(s, ".)-+=")
		dst = append(append(dst, s[:i]...), '\\', s[i])
		s = s[i+1:]
	}
	return appendMarkdownInside(dst, s)
}

// appendMarkdownInside is appendMarkdown for what no line starts with.
func appendMarkdownInside(dst []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case byteMarks[c]&markMarkdown == 0:
			continue
		case c == '/':
			continue
		case c == ':':
			// Some readers make links of these without any markup.
			if !strings.HasPrefix(s[i:], "://") {
				continue
			}
		case c == '.':
			if !strings.HasSuffix(s[:i], "www") {
				continue
			}
		}
		dst = append(append(dst, s[start:i]...), '\\')
		start = i
	}
	return append(dst, s[start:]...)
}

// destination is an address as it stands in a link. Entities are read there
// (CommonMark §2.5), so that /&sol;host would lead to another host.
func destination(address string) string {
	end := strings.LastIndexByte(address, ';')
	if end < 0 {
		return address
	}
	return strings.ReplaceAll(address[:end], "&", `\&`) + address[end:]
}

// startsBlock reports whether s starts like a list item or an underline.
func startsBlock(s string) bool {
	i := 0
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	if i == len(s) {
		return false
	}
	if i > 0 {
		return s[i] == '.' || s[i] == ')'
	}
	return s[0] == '-' || s[0] == '+' || s[0] == '='
}

// codeSpan quotes s with more backticks than it holds in a row (CommonMark
// §6.1).
func codeSpan(s string) string {
	longest, run := 0, 0
	for i := 0; i < len(s); i++ {
		if s[i] != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if longest > 0 {
		return fence + " " + s + " " + fence
	}
	return fence + s + fence
}
