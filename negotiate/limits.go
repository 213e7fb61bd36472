package negotiate

// Bounds on what is read from one request. They keep the work a request can
// cause small and steady; each is several times what real clients send. What
// lies beyond a bound is treated as absent.
const (
	// RDF clients send the longest Accept fields, 400 to 900 bytes.
	maxAcceptBytes = 1024

	// Browsers name up to a dozen ranges, RDF clients up to thirty. Empty
	// members count, as RFC 9110 §5.6.1.2 asks to read only so many of them.
	maxAcceptRanges = 48

	// Clients that quote at all, for the profile of JSON-LD, do it a few times.
	// Quoted strings are what takes longest to read.
	maxAcceptStrings = 16

	// Ten languages take about 80 bytes; nobody reads more than a few dozen.
	maxLanguageBytes  = 512
	maxLanguageRanges = 32

	// RFC 5646 §4.4.1 asks for room for 35 characters. A longer range is cut
	// at a hyphen (§4.4.2), which keeps language, script and region.
	maxLanguageTag = 35
)
