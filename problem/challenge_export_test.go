package problem

// What the external tests of challenges need to see.
var (
	ValidateTemplate = Challenge.validateTemplate
)

// KnownSchemes are the names that have rules.
func KnownSchemes() []string {
	var names []string
	for i := range knownSchemes {
		names = append(names, knownSchemes[i].name)
	}
	return names
}
