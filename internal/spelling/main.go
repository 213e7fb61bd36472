// Command spelling lists the words of the locale files that a spelling
// dictionary does not know. It advises: names, compounds and terms of the
// trade are unknown to dictionaries too, and a translator decides.
//
//	go run ./internal/spelling          # every language whose dictionary is installed
//	go run ./internal/spelling de pl    # these
//	go run ./internal/spelling -packages
//
// The last prints the Debian packages with the dictionaries. Words that are
// right stand in allow/<tag>.txt, or in allow/all.txt for every language, one a
// line, with a reason behind a #.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/denial-go/denial/internal/message"
)

// A speller knows the words of one language: a command that reads words, one a
// line, and prints those it does not know.
type speller struct {
	command []string
	pkg     string // Debian package with the dictionary
}

func hunspell(dict, pkg string) speller {
	return speller{[]string{"hunspell", "-l", "-i", "utf-8", "-d", dict}, pkg}
}

// nuspell does not split words at combining marks, as hunspell does.
func nuspell(dict, pkg string) speller {
	return speller{[]string{"nuspell", "-d", dict, "--encoding=UTF-8"}, pkg}
}

// There is none for Japanese, Chinese and Malay.
var spellers = map[string]speller{
	"ar":      hunspell("ar", "hunspell-ar"),
	"bg":      hunspell("bg_BG", "hunspell-bg"),
	"bn":      nuspell("bn_BD", "hunspell-bn"),
	"ca":      hunspell("ca", "hunspell-ca"),
	"cs":      hunspell("cs_CZ", "hunspell-cs"),
	"da":      hunspell("da_DK", "hunspell-da"),
	"de":      hunspell("de_DE", "hunspell-de-de"),
	"el":      hunspell("el_GR", "hunspell-el"),
	"en":      hunspell("en_US", "hunspell-en-us"),
	"es":      hunspell("es_ES", "hunspell-es"),
	"fa":      hunspell("fa_IR", "myspell-fa"),
	"fi":      {[]string{"voikkospell", "-s"}, "voikko-fi libvoikko-dev"},
	"fr":      hunspell("fr_FR", "hunspell-fr"),
	"he":      hunspell("he_IL", "hunspell-he"),
	"hi":      nuspell("hi_IN", "hunspell-hi"),
	"hr":      hunspell("hr_HR", "hunspell-hr"),
	"hu":      hunspell("hu_HU", "hunspell-hu"),
	"id":      hunspell("id_ID", "hunspell-id"),
	"it":      hunspell("it_IT", "hunspell-it"),
	"ko":      hunspell("ko", "hunspell-ko"),
	"nb":      hunspell("nb_NO", "hunspell-no"),
	"nl":      hunspell("nl", "hunspell-nl"),
	"pl":      hunspell("pl_PL", "hunspell-pl"),
	"pt-BR":   hunspell("pt_BR", "hunspell-pt-br"),
	"pt-PT":   hunspell("pt_PT", "hunspell-pt-pt"),
	"ro":      hunspell("ro_RO", "hunspell-ro"),
	"ru":      hunspell("ru_RU", "hunspell-ru"),
	"sk":      hunspell("sk_SK", "hunspell-sk"),
	"sr":      hunspell("sr_RS", "hunspell-sr"),
	"sr-Latn": hunspell("sr_Latn_RS", "hunspell-sr"),
	"sv":      hunspell("sv_SE", "hunspell-sv"),
	"th":      nuspell("th_TH", "hunspell-th"),
	"tr":      hunspell("tr_TR", "hunspell-tr"),
	"uk":      hunspell("uk_UA", "hunspell-uk"),
	"vi":      hunspell("vi_VN", "hunspell-vi"),
}

func main() {
	packages := flag.Bool("packages", false, "print the Debian packages with the dictionaries")
	root := flag.String("root", ".", "root of the repository")
	flag.Parse()
	if *packages {
		fmt.Println(strings.Join(debianPackages(), " "))
		return
	}
	tags := flag.Args()
	if len(tags) == 0 {
		for tag := range spellers {
			tags = append(tags, tag)
		}
		slices.Sort(tags)
	}
	for _, tag := range tags {
		unknown, err := check(*root, tag)
		switch {
		case err != nil:
			fmt.Printf("%-8s not checked: %v\n", tag, err)
		case len(unknown) == 0:
			fmt.Printf("%-8s every word is known\n", tag)
		default:
			fmt.Printf("%-8s %d unknown: %s\n", tag, len(unknown), strings.Join(unknown, " "))
		}
	}
}

func debianPackages() []string {
	out := []string{"hunspell", "nuspell"}
	for _, s := range spellers {
		out = append(out, strings.Fields(s.pkg)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// check returns the words of a language that neither the dictionary nor the
// allow list knows.
func check(root, tag string) ([]string, error) {
	s, ok := spellers[tag]
	if !ok {
		return nil, fmt.Errorf("there is no dictionary for it")
	}
	if _, err := exec.LookPath(s.command[0]); err != nil {
		return nil, fmt.Errorf("install the packages that -packages prints: %w", err)
	}
	words, err := words(filepath.Join(root, "templates", "locales", tag+".json"))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(s.command[0], s.command[1:]...)
	cmd.Stdin = strings.NewReader(strings.Join(words, "\n") + "\n")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", strings.Join(s.command, " "), err)
	}
	allowed := make(map[string]bool)
	for _, name := range []string{"all.txt", tag + ".txt"} {
		if err := allowList(allowed, filepath.Join(root, "internal", "spelling", "allow", name)); err != nil {
			return nil, err
		}
	}
	var unknown []string
	for line := range strings.Lines(string(out)) {
		if word := s.unknown(strings.TrimSpace(line)); word != "" && !allowed[strings.ToLower(word)] {
			unknown = append(unknown, word)
		}
	}
	slices.Sort(unknown)
	return slices.Compact(unknown), nil
}

// unknown returns the word that a line of the speller's output complains about,
// and "" where it does not complain.
func (s speller) unknown(line string) string {
	switch s.command[0] {
	case "voikkospell": // W: wrong, C: correct
		word, _ := strings.CutPrefix(line, "W: ")
		if word == line {
			return ""
		}
		return word
	case "nuspell": // & Wrong: word. How about: …, or # Wrong: word. No suggestions.
		_, word, ok := strings.Cut(line, " Wrong: ")
		if !ok {
			return ""
		}
		word, _, _ = strings.Cut(word, ". ")
		return word
	}
	return line
}

// words returns the words of a locale file, each once, without placeholders.
func words(file string) ([]string, error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var texts map[string]string
	if err := json.Unmarshal(b, &texts); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	seen := make(map[string]bool)
	for key, text := range texts {
		m, err := message.Parse(text)
		if err != nil || strings.HasPrefix(key, "_") {
			continue
		}
		for _, part := range m.Parts {
			for _, word := range strings.FieldsFunc(part.Text, between) {
				if word = strings.Trim(word, "'’-\u200c"); word != "" {
					seen[word] = true
				}
			}
		}
	}
	var out []string
	for word := range seen {
		out = append(out, word)
	}
	slices.Sort(out)
	return out, nil
}

// between reports whether r stands between words.
func between(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’-\u200c\u200d", r)
}

func allowList(allowed map[string]bool, file string) error {
	f, err := os.Open(file)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		word, _, _ := strings.Cut(lines.Text(), "#")
		if word = strings.ToLower(strings.TrimSpace(word)); word != "" {
			allowed[word] = true
		}
	}
	return lines.Err()
}
