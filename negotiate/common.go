package negotiate

// commonAccept are whole field values that clients send again and again. Their
// answers are found when offers are compiled, by reading them like any other, so
// that Best need not read them for each request. The list never grows: what
// requests send is not remembered.
var commonAccept = [...]string{
	"*/*", // fetch, XMLHttpRequest, curl, most HTTP libraries
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/jxl,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7", // Chrome, a page
	"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7",           // the same without JPEG XL
	"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",                                                                                   // Firefox and Safari, a page
	"application/json",                  // programs
	"application/json, text/plain, */*", // axios
	"application/problem+json",          // programs that know RFC 9457
	"text/html",                         // libraries that load pages in place
}

// findCommon returns which of commonAccept a field value is, or -1. Most others
// differ in length already, so that looking costs them little.
func findCommon(s string) int {
	for i := range commonAccept {
		if commonAccept[i] == s {
			return i
		}
	}
	return -1
}
